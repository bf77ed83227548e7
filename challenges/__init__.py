"""Challenges: the problem a public body publishes, its stages and criteria, from draft to close."""
