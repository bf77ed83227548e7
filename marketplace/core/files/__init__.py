"""Stored files: kept by digest outside the web root, checked when read."""
