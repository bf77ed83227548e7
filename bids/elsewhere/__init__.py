"""Bids that a body received elsewhere, and that officers bring here to be judged."""
