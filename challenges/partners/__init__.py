"""Drafts that other public bodies may hear of, and the facilitator who connects bodies."""
