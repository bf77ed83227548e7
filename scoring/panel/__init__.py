"""The panel: interests, scores given alone, moderation, and the lock on quality."""
