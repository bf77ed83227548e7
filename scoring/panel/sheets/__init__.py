"""An evaluator's own scores as a sheet: taken, filled in elsewhere, brought back and checked."""
