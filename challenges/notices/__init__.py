"""Notices on the national notice service: codes, what a notice says, where it was published."""
