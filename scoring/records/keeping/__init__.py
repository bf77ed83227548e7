"""How long records are kept: their clocks, holds on them, and what is erased in the end."""
