"""What a body writes of a challenge for itself: who does what, and the record before approval."""
