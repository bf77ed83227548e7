"""Interviews: times that a panel offers, the one each bidder chooses, and what came of it."""
