"""How the log's entries about a challenge read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

APPROVED = "challenge.approved"
WARNINGS_ACCEPTED = "challenge.warnings_accepted"
PUBLISHED = "challenge.published"
CLOSED = "challenge.closed"
OPENER_NAMED = "opening.officer_named"
DEADLINE_PROPOSED = "deadline.proposed"
DEADLINE_DECLINED = "deadline.declined"
DEADLINE_EXTENDED = "deadline.extended"
REOPENED = "challenge.reopened"
CHANGED = "challenge.changed"
STAGE_OPENED = "stage.opened"
NOT_AWARDED = "challenge.not_awarded"

_KIND = Kind.PUBLICATION

register(
    {
        "challenge.created": Telling(N_("The challenge was begun"), kind=_KIND),
        "challenge.submitted_for_review": Telling(
            N_("The challenge was submitted for review"), kind=_KIND
        ),
        "challenge.returned": Telling(
            N_("The challenge was returned to draft: %(reason)s"), kind=_KIND
        ),
        WARNINGS_ACCEPTED: Telling(
            N_("It is approved with %(warnings)s warnings standing, because: %(reason)s"),
            kind=_KIND,
        ),
        APPROVED: Telling(
            N_("The challenge was approved; its text has the fingerprint (SHA-256) %(text)s"),
            public=frozenset({"text"}),
            kind=_KIND,
        ),
        PUBLISHED: Telling(
            N_("The challenge was published, and its evaluation plan frozen (SHA-256 %(plan)s)"),
            public=frozenset(
                {
                    *("plan", "text", "closes_at", "sealing_key", "elsewhere", "value_minor"),
                    *("regime", "regime_version", "band"),
                }
            ),
            kind=_KIND,
        ),
        # The officer is withheld from the public; `key` tells whether and with what they sign.
        OPENER_NAMED: Telling(
            N_("%(officer)s was named as one of those who may open the bids"),
            public=frozenset({"key"}),
            kind=Kind.OPENING,
        ),
        DEADLINE_PROPOSED: Telling(
            N_("A later closing time was proposed, %(closes_at)s: %(reason)s"),
            public=frozenset({"former", "closes_at", "reason"}),
            kind=_KIND,
        ),
        DEADLINE_DECLINED: Telling(
            N_("The proposed closing time, %(closes_at)s, was declined"),
            public=frozenset({"closes_at"}),
            kind=_KIND,
        ),
        DEADLINE_EXTENDED: Telling(
            N_("Two officers moved the closing time from %(former)s to %(closes_at)s: %(reason)s"),
            public=frozenset({"former", "closes_at", "reason"}),
            kind=_KIND,
        ),
        REOPENED: Telling(
            N_(
                "Two officers opened the challenge to bids again for everybody, until "
                "%(closes_at)s: %(reason)s"
            ),
            public=frozenset({"former", "closes_at", "reason"}),
            kind=_KIND,
        ),
        CHANGED: Telling(
            N_("Change %(number)s to the challenge was published: %(reason)s"),
            public=frozenset({"number", "reason", "confirm", "plan", "before", "after"}),
            kind=_KIND,
        ),
        CLOSED: Telling(
            N_("The challenge closed to bids, at %(closes_at)s"),
            public=frozenset({"closes_at"}),
            witness=True,
            kind=Kind.OPENING,
        ),
        # For a stage after the first what publication is for the challenge: what is judged by which
        # plan, and where bids are written, until when, and to what they are sealed.
        STAGE_OPENED: Telling(
            N_("Stage %(stage)s was opened to the suppliers who go on (plan: SHA-256 %(plan)s)"),
            public=frozenset({"plan", "source", "closes_at", "sealing_key"}),
            kind=_KIND,
        ),
        # It does not disclose the chain: a draft may never have been public, and of bids that were
        # never opened nobody is told even how many there were. Auditors read it all the same.
        "challenge.cancelled": Telling(
            N_("The challenge was cancelled: %(reason)s"),
            public=frozenset({"reason"}),
            witness=True,
            kind=Kind.DECISION,
        ),
        NOT_AWARDED: Telling(
            N_("The challenge ended without a contract: %(reason)s"),
            public=frozenset({"category", "reason"}),
            witness=True,
            kind=Kind.DECISION,
        ),
        "challenge.stopped": Telling(
            N_("The work was stopped, with lessons learned: %(lessons)s"),
            public=frozenset({"lessons"}),
            witness=True,
            kind=Kind.DECISION,
        ),
    }
)
