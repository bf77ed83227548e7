"""The shared kernel: what every room needs and none owns. It knows no challenge, bid or score."""
