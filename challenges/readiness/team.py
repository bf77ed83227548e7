"""Whether those who are to judge are enough, and the right ones. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.drafting.kinds import Duty
from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_team(challenge: "Challenge") -> Iterator[Finding]:
    """Look at the size of the panel and at who takes part."""
    section, fewest = Section.TEAM, challenge.stage.minimum_panel
    if challenge.panel_planned is None:
        yield advice(section, N_("Say how many people will score the bids."))
    elif challenge.panel_planned < fewest:
        yield Finding(
            section,
            N_(
                "The panel is too small. You plan for %(planned)s, and at least %(fewest)s people "
                "score the bids."
            ),
            data={"planned": challenge.panel_planned, "fewest": fewest},
        )
    duties = {member.duty for member in challenge.team}
    if Duty.SERVICE not in duties or Duty.TECHNICAL not in duties:
        yield advice(
            section,
            N_(
                "Name somebody who runs the service and somebody technical. A panel without them "
                "misses what will not work."
            ),
        )
    if Duty.USERS not in duties:
        yield advice(section, N_("Name somebody who speaks for the people affected."))
