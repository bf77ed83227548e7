"""Live sessions about an open challenge: announced, joined, recorded."""
