"""How the log tells who scores which criteria. Imported for its effect, by the service."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

register(
    {
        "panel.assigned": Telling(
            N_("It was said which criteria %(label)s scores"),
            public=frozenset({"label"}),
            kind=Kind.PANEL,
        )
    }
)
