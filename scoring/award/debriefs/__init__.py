"""Meetings in which a body explains its decision to one bidder."""
