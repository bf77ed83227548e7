"""A panel judges again, after a decision on its scores was taken back: all that was stays."""
