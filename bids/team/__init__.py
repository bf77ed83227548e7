"""Who does the work of a bid: partners who accept by themselves, and subcontractors."""
