"""What a body does with another's challenge: copies it, writes to it, adopts its result."""
