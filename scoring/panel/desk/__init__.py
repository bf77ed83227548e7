"""What helps an evaluator at work: all of one bid, own notes, own texts used again."""
