"""How the log tells of reminders to a panel: only its own people learn who was slow.

Imported for its effect, by the service.
"""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

register(
    {
        "panel.reminded": Telling(
            N_("Members of the panel were reminded: %(labels)s"), kind=Kind.PANEL
        ),
        "panel.due_set": Telling(N_("Due days of the panel were set"), kind=Kind.PANEL),
    }
)
