"""Files that belong to a challenge: what bidders should read besides its page."""
