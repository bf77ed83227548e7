"""The gate at the end of a stage of work: what was asked, what was found, and what follows."""
