"""How the log tells of a trial. Imported for its effect, by the service."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

register(
    {
        "trial.example_set": Telling(
            N_("An example was set for the panel to try its scoring on"), kind=Kind.PANEL
        )
    }
)
