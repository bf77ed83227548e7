"""How the log tells of invitations to a panel; of who was invited it tells nothing to anybody.

Imported for its effect, by the service.
"""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

register(
    {
        "panel.invited": Telling(N_("Somebody was invited to the panel"), kind=Kind.PANEL),
        "panel.accepted": Telling(
            N_("%(label)s accepted an invitation and joined the panel"),
            public=frozenset({"label"}),
            kind=Kind.PANEL,
        ),
        "panel.declined": Telling(N_("Somebody declined to join the panel"), kind=Kind.PANEL),
        "panel.invitation_withdrawn": Telling(
            N_("An invitation to the panel was withdrawn"), kind=Kind.PANEL
        ),
    }
)
