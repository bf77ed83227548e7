"""Reminders before closing, to suppliers whose draft is not submitted."""
