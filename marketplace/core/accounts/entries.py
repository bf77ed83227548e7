"""How the log's entries about organisations and their people read. Of people nothing but names.

They stand in the site's own chain, which is disclosed to nobody, so no field of them is public.
"""

from marketplace.core.audit.log import Telling, register
from marketplace.core.text import N_

ORGANISATION_REGISTERED = "organisation.registered"
ORGANISATION_VERIFIED = "organisation.verified"
MEMBERSHIP_INVITED = "membership.invited"
INVITATION_WITHDRAWN = "membership.invitation_withdrawn"
MEMBERSHIP_STARTED = "membership.started"
ROLES_CHANGED = "membership.roles_changed"
MEMBERSHIP_ENDED = "membership.ended"
ADMIN_CREATED = "platform.admin_created"
SECOND_FACTOR_REMOVED = "platform.second_factor_removed"
DIGEST = "security.digest"

_WORDS = {
    ORGANISATION_REGISTERED: N_("%(organisation)s was registered (%(kind)s)"),
    ORGANISATION_VERIFIED: N_("%(organisation)s was verified: %(note)s"),
    MEMBERSHIP_INVITED: N_("Somebody was invited to %(organisation)s as: %(roles)s"),
    INVITATION_WITHDRAWN: N_("An invitation to %(organisation)s was withdrawn"),
    MEMBERSHIP_STARTED: N_("%(person)s began to act for %(organisation)s as: %(roles)s"),
    ROLES_CHANGED: N_(
        "Roles of %(person)s for %(organisation)s changed from %(before)s to %(after)s"
    ),
    MEMBERSHIP_ENDED: N_("%(person)s no longer acts for %(organisation)s"),
    ADMIN_CREATED: N_("%(person)s was made a platform administrator by command"),
    SECOND_FACTOR_REMOVED: N_("The second step of %(person)s was taken away by command"),
    DIGEST: N_("Sign-ins and other security events from %(since)s to %(until)s: %(events)s"),
}

register({action: Telling(words) for action, words in _WORDS.items()})
