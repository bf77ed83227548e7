"""A result computed again: why, what it takes the place of, and what that changed."""
