"""Changes to a challenge after its publication: drafted, numbered, published, told to people."""
