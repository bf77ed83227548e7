"""Saved searches: what somebody looks for, and who is told of what answers it."""
