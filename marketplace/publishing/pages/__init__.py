"""Public pages that tell a story across rooms: awards and their reports."""
