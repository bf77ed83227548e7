"""How keys are kept and bids sealed: nobody else holds a secret key or knows how it is kept."""
