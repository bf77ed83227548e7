"""How entries about interests found later read. Nothing of them is public, as of all interests."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

FOUND = "interest.found"
SET_ASIDE = "scores.set_aside"
VOIDED = "agreement.voided"
UNLOCKED = "quality.unlocked"
REOPENED = "scoring.reopened"


def _told(words: str) -> Telling:
    return Telling(words, kind=Kind.PANEL)


register(
    {
        FOUND: _told(
            N_("An interest of %(label)s in %(party)s was found, and access to its bid stopped")
        ),
        SET_ASIDE: _told(N_("The scores of %(label)s for bid %(bid)s were set aside")),
        VOIDED: _told(
            N_("Agreed scores of bid %(bid)s stand no longer: %(label)s had been present")
        ),
        REOPENED: _told(N_("Scoring began again for people who join the panel")),
        UNLOCKED: _told(
            N_("The agreed scores were unlocked because of bid %(bid)s; prices had been shown")
        ),
    }
)
