"""Prices that the plan's detectors flag as unusually low: asked about and decided by an officer."""
