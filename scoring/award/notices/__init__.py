"""Notices of an award and of changes of its contract."""
