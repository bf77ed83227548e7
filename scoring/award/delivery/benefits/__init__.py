"""What the work was good for, measured some months after its end and told to everybody."""
