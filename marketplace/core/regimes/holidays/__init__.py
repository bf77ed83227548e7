"""The local holidays of a public body: days on which no standstill of its ends."""
