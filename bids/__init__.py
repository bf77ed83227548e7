"""Bids: who may answer a challenge, drafts, submissions, their opening and their eligibility."""
