"""Grounds of exclusion: what a supplier declares of each, and what an officer finds."""
