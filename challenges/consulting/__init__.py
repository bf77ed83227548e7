"""Drafts that everybody may comment on before they are published."""
