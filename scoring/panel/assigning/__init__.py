"""Who scores which criteria, and what each evaluator knows best."""
