"""Keeps a copy of a site's log, and says when history changed. Needs no site, no database."""

from marketplace.core.audit.mirror.command import main

__all__ = ["main"]
