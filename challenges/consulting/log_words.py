"""How the log's entries about drafts under public comment read, and what is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

OPENED = "draft.opened_for_comment"
ENDED = "draft.comment_ended"
HIDDEN = "draft.comment_hidden"

register(
    {
        OPENED: Telling(
            N_("The draft was opened for public comment until %(ends_at)s"),
            public=frozenset({"ends_at"}),
            kind=Kind.PUBLICATION,
        ),
        ENDED: Telling(N_("Public comment on the draft was ended"), kind=Kind.PUBLICATION),
        # The reason speaks of somebody's words, and may tell whose.
        HIDDEN: Telling(
            N_("A public comment on the draft was hidden: %(reason)s"), kind=Kind.PUBLICATION
        ),
    }
)
