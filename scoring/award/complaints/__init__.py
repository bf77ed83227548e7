"""Complaints about a decision, and court proceedings: both keep contracts from being signed."""
