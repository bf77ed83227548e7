"""How the log tells of bodies that join in a challenge, and what of it is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

INVITED = "joining.invited"
ASKED = "joining.asked"
JOINED = "joining.joined"
DECLINED = "joining.declined"
LEFT = "joining.left"
WRITING = "joining.writing"
SHARED = "joining.shared"

_KIND = Kind.PUBLICATION

# Who was asked and said no, and who pays what, is the bodies' own business; who sponsors a
# challenge stands on its page.
register(
    {
        INVITED: Telling(N_("%(body)s was invited to join as a sponsor"), kind=_KIND),
        ASKED: Telling(N_("%(body)s asked to join as a sponsor"), kind=_KIND),
        JOINED: Telling(N_("%(body)s joined as a sponsor"), public=frozenset({"body"}), kind=_KIND),
        DECLINED: Telling(N_("%(body)s does not join as a sponsor: %(reason)s"), kind=_KIND),
        LEFT: Telling(
            N_("%(body)s left as a sponsor: %(reason)s"), public=frozenset({"body"}), kind=_KIND
        ),
        WRITING: Telling(
            N_("Whether people of %(body)s may change the draft was set to: %(writes)s"), kind=_KIND
        ),
        SHARED: Telling(N_("Who pays what was set: %(shares)s"), kind=_KIND),
    }
)
