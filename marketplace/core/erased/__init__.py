"""What was erased because the time to keep it was over: and by which entry."""
