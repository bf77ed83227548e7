"""Who has the page of something open that several people write: told to each, kept for an hour."""
