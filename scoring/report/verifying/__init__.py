"""Checks an award report by its own files: offline, without a site, a database or an account.

`docs/verification.md`, section 13, says what is checked and in which order. Pure but for reading
the PDF that it is given.
"""
