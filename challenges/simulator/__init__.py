"""Tries a stage's criteria, weights and method on made-up bids, before anyone is bound by them.

Every figure is the engine's, exact. Nothing is stored: what is tried stands in the address.
"""
