"""Who follows which challenge, and what they are told."""
