"""A second regime needs no code: one challenge goes all the way under rules that are data alone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.grounds.deciding import deciding_of
from challenges.kinds import LegalRoute
from challenges.law import law_holding
from challenges.lifecycle import State
from challenges.notices.kinds import NoticeKind
from challenges.notices.models import NoticeRecord
from challenges.notices.rules import Noticed
from challenges.notices.service import record_notice
from marketplace.core.accounts.models import BodyType
from marketplace.core.clock import FixedClock
from marketplace.core.regimes.notice_forms import notice_book
from marketplace.core.regimes.shapes import LetterKind
from scoring.award.evidence.queries import suggested
from scoring.award.models import Intention, RecommendedBid
from scoring.report.gather import full_report
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.journeys import CALENDAR, Step, a_cast, a_journey

# The Act leaves 25 days to bid, six more than the journey's calendar has.
LATER = timedelta(days=21)


def test_challenge_is_published_decided_told_and_reported_by_data_alone(
    client: FlaskClient,
    session: Session,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.instant -= LATER
    cast = a_cast(session, clock.now())
    cast.body.regime, cast.body.body_type = "uk-2023", BodyType.CENTRAL
    journey = a_journey(session, clock, cast, closes_after=timedelta(days=40))
    journey.challenge.legal_route = LegalRoute.OPEN
    session.commit()
    for step, after in CALENDAR.items():
        if step > Step.OPEN:
            monkeypatch.setitem(CALENDAR, step, after + LATER)

    # Its gate asks for the tender notice, by the name that the Act has for it.
    sign_in(client, cast.lead)
    routes = client.get(f"/work/challenges/{journey.reference}/write/money").text
    assert "Competitive flexible procedure with negotiation" in routes
    assert "regulation 30" not in routes
    journey.to(Step.READY)
    sign_in(client, cast.officer)
    page = client.get(f"/work/challenges/{journey.reference}/notice").text
    assert "Tender notice (UK4)" in page
    record_notice(
        journey.reference,
        NoticeKind.CONTRACT,
        Noticed("2026/S 000-012345", clock.now().date()),
        actor=actor_for(cast.officer),
        clock=clock,
    )
    journey.to(Step.INTENTION)

    law = law_holding(journey.challenge, clock.now())
    assert (law.regime.key, law.band.key) == ("uk-2023", "covered")
    summary = {told.item.value for told in law.band.letters[LetterKind.INTENTION].tells}
    assert {"own_scores", "own_reasons", "successful_name"} <= summary
    # Reg. 31 does not ask for a comparison, so the summary has none.
    assert "relative_advantages" not in summary
    # Officers decide by the grounds of the Act: what preferred bidders are asked follows from them.
    stage, bid = journey.challenge.stage, session.scalars(select(RecommendedBid)).first()
    assert bid is not None
    deciding = deciding_of(journey.challenge, clock.now())
    assert deciding.rules.find("national_security") is not None
    asked = suggested(session, journey.challenge, stage, bid.bid, clock.now(), lambda *_: "")
    assert {"grounds", "tax"} <= {each.key for each in asked}
    # Eight working days from Wednesday 30 December, the first of them that day; 4 January is a
    # holiday in Scotland and none in England.
    intention = session.scalars(select(Intention)).one()
    assert intention.announced_at.date() == date(2026, 12, 30)
    assert intention.standstill_ends_at == datetime(2027, 1, 12, tzinfo=UTC)
    report = full_report(session, journey.challenge.stage, number=1, now=clock.now(), notice="")
    assert "s. 98" in [item.provision for item in report.statutory]
    assert not any("Scotland" in ground.law for ground in report.grounds)
    assert not any("reg. 83" in item.provision for item in report.statutory)

    clock.instant = intention.standstill_ends_at
    journey.take(Step.SIGNED)
    assert journey.challenge.state is State.SIGNED
    book = notice_book("uk-2023", law.regime.version)
    assert book.forms[law.band.notices.award].name == "Contract details notice (UK7)"
    assert session.scalars(select(NoticeRecord.kind)).all() == [NoticeKind.CONTRACT]
