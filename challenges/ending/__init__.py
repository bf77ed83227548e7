"""How a published challenge ends without a contract: why, who is told, how long bids are kept."""
