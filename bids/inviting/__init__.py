"""Stages that suppliers are invited to: who goes on, and how such a stage begins."""
