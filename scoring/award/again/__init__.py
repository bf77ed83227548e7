"""A decision is taken again from a named point: what was decided before stays on record."""
