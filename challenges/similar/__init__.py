"""Which challenges are like one another, by meaning and by words, and what became of them."""
