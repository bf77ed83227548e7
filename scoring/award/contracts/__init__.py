"""Signed contracts: what each is for and worth, its dates, its changes, its line in a register."""
