"""Awards that a committee decides: the paper for it, and its decision as the minute has it."""
