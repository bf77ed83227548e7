"""The passport as something to take along: a signed file, a document to read, text to paste."""
