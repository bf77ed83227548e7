"""A challenge's codes, and where its notices stand. Every reference here is plainly an example."""

from challenges.kinds import LegalRoute
from challenges.law import law_of
from challenges.notices import service
from challenges.notices.kinds import NoticeKind
from challenges.notices.queries import usual_codes
from challenges.notices.rules import Noticed
from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.core.regimes.book import LONDON, Notices
from marketplace.demonstration.telling import Telling

# Research and development, or services of information technology where something known is bought.
FINDING_OUT, BUYING = "73000000", "72000000"
# How many of those that the sector usually has stand beside the main code.
ADDITIONAL = 2


def choose_codes(telling: Telling) -> None:
    """Choose a main code, and a few that the sector usually has."""
    item = telling.item
    finding_out = LegalRoute(item.legal_route) is LegalRoute.RESEARCH_AND_DEVELOPMENT
    main = FINDING_OUT if finding_out else BUYING
    usual = [code.code for code in usual_codes(item.sector) if code.code != main]
    for code in (main, *usual[:ADDITIONAL]):
        service.choose_code(
            telling.reference,
            code,
            main=code == main,
            actor=telling.lead,
            clock=telling.clock,
        )


def record_contract_notice(telling: Telling) -> None:
    """Record on its day that the contract notice was published, where the law asks for one."""
    if _notices(telling).contract_required:
        _record(telling, NoticeKind.CONTRACT, "C1")


def record_award_notice(telling: Telling) -> None:
    """Record on its day that the award notice was published, where the law asks for one."""
    if _notices(telling).award_required:
        _record(telling, NoticeKind.AWARD, "A1")


def _notices(telling: Telling) -> Notices:
    challenge = own_challenge(db.session(), telling.reference, telling.officers[0])
    found = law_of(challenge, telling.clock.now()).band.notices
    db.session.remove()
    return found


def _record(telling: Telling, kind: NoticeKind, ending: str) -> None:
    service.record_notice(
        telling.reference,
        kind,
        Noticed(
            f"EXAMPLE-{telling.reference.removeprefix('CH-')}-{ending}",
            telling.clock.now().astimezone(LONDON).date(),
        ),
        actor=telling.officers[0],
        clock=telling.clock,
    )
