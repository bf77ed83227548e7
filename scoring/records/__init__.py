"""What a body keeps and hands on: lists of its purchases, case files, how long records are kept."""
