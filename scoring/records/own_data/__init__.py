"""What a person can ask to have erased of themselves, who decides it, and what is kept."""
