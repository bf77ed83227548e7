"""The case file: all that is kept of one challenge, as a ZIP that anybody can check."""
