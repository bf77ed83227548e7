"""What members of a panel have still to do, by when, and the letters that remind them."""
