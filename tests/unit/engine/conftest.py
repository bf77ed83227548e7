"""Hypothesis for the engine: the same examples on every run, and no clock to fail by.

`HYPOTHESIS_PROFILE=search` looks for new ones, ten times as many.
"""

import os

from hypothesis import HealthCheck, settings

SLOW_MACHINES_ARE_FINE = [HealthCheck.too_slow, HealthCheck.filter_too_much]

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=SLOW_MACHINES_ARE_FINE,
)
settings.register_profile(
    "search", deadline=None, max_examples=1_000, suppress_health_check=SLOW_MACHINES_ARE_FINE
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))
