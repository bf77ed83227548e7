"""How the panel's entries in the log read, and what of them is for everybody.

Imported for its effect, by the services. Of a bid not even the reference is public here: who is
scored is who was found to count.
"""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

_LABEL = frozenset({"label"})


def _told(words: str, public: frozenset[str] = frozenset()) -> Telling:
    return Telling(words, public=public, kind=Kind.PANEL)


register(
    {
        "panel.named": _told(
            N_("The panel was named: %(evaluators)s evaluators and a chair"),
            frozenset({"evaluators"}),
        ),
        "panel.member_added": _told(N_("%(label)s joined the panel"), _LABEL),
        "panel.member_replaced": _told(
            N_("%(new_label)s took the place of %(old_label)s on the panel"),
            frozenset({"new_label", "old_label"}),
        ),
        "panel.briefed": _told(N_("%(label)s accepted the briefing"), _LABEL),
        "interest.declared": _told(N_("%(label)s declared interests"), _LABEL | {"bidders"}),
        "interest.decided": _told(
            N_("An interest of %(label)s in %(party)s was decided: %(measure)s")
        ),
        "scoring.began": _told(N_("Scoring began"), frozenset({"members", "order_sha256"})),
        "sheet.imported": _told(N_("%(label)s brought scores by a sheet, as drafts"), _LABEL),
        "scores.submitted": _told(N_("%(label)s submitted scores"), _LABEL),
        "score.corrected": _told(N_("%(label)s corrected a score"), _LABEL),
        "moderation.began": _told(N_("Moderation began")),
        "consensus.recorded": _told(
            N_("The panel agreed a score of bid %(bid)s"), frozenset({"criterion"})
        ),
        "quality.locked": _told(N_("The agreed scores were locked")),
    }
)
