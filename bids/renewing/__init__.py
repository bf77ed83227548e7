"""What a change to a challenge asks of bids: that suppliers confirm what they had submitted."""
