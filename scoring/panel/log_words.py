"""How the panel's entries in the log read. Imported for its effect, by the services."""

from marketplace.core.audit import log
from marketplace.core.text import N_

log.register_words(
    {
        "panel.named": N_("The panel was named: %(evaluators)s evaluators and a chair"),
        "panel.member_added": N_("%(label)s joined the panel"),
        "panel.member_replaced": N_("%(new_label)s took the place of %(old_label)s on the panel"),
        "panel.briefed": N_("%(label)s accepted the briefing"),
        "interest.declared": N_("%(label)s declared interests"),
        "interest.decided": N_("An interest of %(label)s in bid %(bid)s was decided: %(measure)s"),
        "scoring.began": N_("Scoring began"),
        "scores.submitted": N_("%(label)s submitted scores"),
        "score.corrected": N_("%(label)s corrected a score"),
        "moderation.began": N_("Moderation began"),
        "consensus.recorded": N_("The panel agreed a score of bid %(bid)s"),
        "quality.locked": N_("The agreed scores were locked"),
    }
)
