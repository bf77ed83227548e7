"""Evidence of the preferred bidder alone: asked once it is recommended, decided before approval."""
