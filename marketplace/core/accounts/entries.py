"""How the log's entries about organisations and their people read. Of people nothing but names."""

from marketplace.core.audit.log import register_words
from marketplace.core.text import N_

ORGANISATION_REGISTERED = "organisation.registered"
ORGANISATION_VERIFIED = "organisation.verified"
MEMBERSHIP_INVITED = "membership.invited"
INVITATION_WITHDRAWN = "membership.invitation_withdrawn"
MEMBERSHIP_STARTED = "membership.started"
ROLES_CHANGED = "membership.roles_changed"
MEMBERSHIP_ENDED = "membership.ended"
ADMIN_CREATED = "platform.admin_created"

register_words(
    {
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
    }
)
