"""What the work achieved, measured some months after its end and told to everybody."""
