"""Milestones of a contract: what is delivered when, for how much, who accepts it and who pays."""
