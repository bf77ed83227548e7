"""What bids are called where names are withheld, and in which order each evaluator reads them."""
