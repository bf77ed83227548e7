"""Bodies that join in a challenge of another: asking, inviting, what they may do, what they pay."""
