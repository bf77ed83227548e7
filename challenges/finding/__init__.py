"""Finding challenges: what visitors ask for, the index of words, feeds, and saved searches."""
