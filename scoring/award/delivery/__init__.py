"""The work that follows a contract: its milestones, its gate, its end, and what came of it."""
