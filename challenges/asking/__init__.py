"""Questions and answers about an open challenge: asked in confidence, answered to everybody."""
