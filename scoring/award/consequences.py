"""What an approval leads to by the rules that a plan is pinned to: letters, and a standstill."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from challenges.frozen import frozen_evaluation
from challenges.models import Stage
from marketplace.core.dates import format_instant
from marketplace.core.regimes import book
from scoring.award.announcing import standstill_end


@dataclass(frozen=True)
class Consequences:
    """The rules by name, and when a standstill would end if letters went out now by e-mail.

    `days` are those of letters that go by e-mail; 0 where the rules ask for none.
    """

    rules: str
    days: int
    working_days: bool
    voluntary: bool
    ends_at: datetime

    @property
    def standstill(self) -> str:
        """Say what standstill follows."""
        if not self.days:
            return str(_("The rules of this purchase ask for no standstill."))
        told = (
            ngettext(
                "A standstill of %(num)d working day", "A standstill of %(num)d working days",
                self.days,
            )
            if self.working_days
            else ngettext(
                "A standstill of %(num)d day", "A standstill of %(num)d days", self.days
            )
        )  # fmt: skip
        said = _(
            "%(standstill)s runs from the letters. If they went out by e-mail now, no contract "
            "could be signed before %(end)s.",
            standstill=told,
            end=format_instant(self.ends_at),
        )
        if self.voluntary:
            said += " " + _("The body keeps it of its own accord.")
        return str(said)


def consequences(session: Session, stage: Stage, now: datetime) -> Consequences:
    """Give what an approval of an award of a stage leads to, seen from `now`.

    Raises:
        WrongMoment: the stored plan is not the published one.
    """
    plan = frozen_evaluation(session, stage)
    regime = book.version_of(plan.regime, plan.regime_version)
    band = regime.under(regime.band(plan.band), stage.challenge.legal_route)
    rule = band.standstill
    return Consequences(
        rules=band.rules,
        days=0 if rule.kind == "none" else rule.days_electronic,
        working_days=rule.counts == "working_days",
        voluntary=rule.kind == "voluntary",
        ends_at=standstill_end(session, stage, now),
    )
