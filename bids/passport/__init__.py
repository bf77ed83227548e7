"""The supplier's passport: what it says of itself, asked once and used by every bid."""
