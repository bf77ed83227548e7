"""Who goes on from a stage: by the plan, proposed by the chair, confirmed by another."""
