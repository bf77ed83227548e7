"""Challenges whose bids go elsewhere, and come here to be judged alone."""
