"""The pages of the decision: forms that keep what was typed, prices that nobody sees too early."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.models import Bid
from marketplace.core.accounts.models import User
from marketplace.core.audit.log import chain_entries
from scoring.award import queries
from scoring.award.letters import making
from scoring.award.letters.models import LetterBatch, Withheld
from scoring.award.models import Contract, Intention, Recommendation, SignOff
from scoring.award.queries import Decision
from scoring.panel.masking.models import AnswerMask
from tests.conftest import sign_in
from tests.journeys import Journey, Step, hand_over_letters

# How prices might be written: £20,000 and £30,000.
PRICE = re.compile(r"(20|30)[,.]?000")


def base(journey: Journey) -> str:
    """Give the address of the decision's pages."""
    return f"/work/challenges/{journey.reference}/decision"


def body_people(journey: Journey) -> list[User]:
    """Give everybody of the body."""
    cast = journey.cast
    return [
        cast.lead,
        cast.officer,
        cast.chair,
        *cast.evaluators,
        cast.approver,
        cast.auditor,
    ]


@pytest.mark.parametrize("step", [Step.MODERATING])
def test_prices_before_the_lock_are_on_no_page_of_the_panel_or_the_decision(
    client: FlaskClient, journey: Journey
) -> None:
    work = f"/work/challenges/{journey.reference}"
    paths = [
        "/work",
        work,
        f"{work}/panel",
        f"{work}/panel/progress",
        f"{work}/panel/moderation",
        *(f"{work}/panel/moderation/{key}/{journey.own_bid}" for key in ("solves", "team")),
        f"{work}/decision",
        f"{work}/decision/conclude",
        f"{work}/decision/recommend",
        f"{work}/decision/sign-off",
        f"{work}/decision/contract",
        f"{work}/decision/bids/{journey.own_bid}",
        f"/awards/{journey.reference}/evaluation.json",
        f"/awards/{journey.reference}/report-full.pdf",
    ]
    shown = []
    for person in body_people(journey):
        sign_in(client, person)
        for path in paths:
            text = client.get(path).text
            if PRICE.search(re.sub(r"<[^>]+>", " ", text)):
                shown.append(f"{person.name}: {path}")

    assert shown == []


@pytest.mark.parametrize("step", [Step.MODERATING])
def test_prices_before_the_lock_are_shown_to_no_one_who_scores_or_leads(
    client: FlaskClient, journey: Journey
) -> None:
    """An officer who opened the bids, and an auditor, read whole bids: they judge nothing."""
    path = f"/work/challenges/{journey.reference}/bids/{journey.own_bid}"

    for person in (journey.cast.lead, journey.cast.chair, *journey.cast.evaluators):
        sign_in(client, person)
        assert not PRICE.search(client.get(path).text), person.name


def test_result_after_the_lock_shows_prices_totals_and_ranks(
    client: FlaskClient, journey: Journey
) -> None:
    sign_in(client, journey.cast.approver)

    page = client.get(base(journey)).text
    steps = client.get(f"{base(journey)}/bids/{journey.own_bid}").text

    # 4 of 5 on 70 points of quality; £20,000 between £10,000 and £50,000 on 30 points of price.
    assert "78.50" in page
    assert page.index(journey.cast.supplier.name) < page.index(journey.cast.rival.name)
    assert PRICE.search(steps)


def test_recommending_with_a_reason_alone_keeps_it_on_the_page(
    client: FlaskClient, journey: Journey
) -> None:
    sign_in(client, journey.cast.chair)

    answer = client.post(f"{base(journey)}/recommend", data={"reason": "They asked <people> first"})

    assert answer.status_code == 422
    assert "Choose a bid that the result ranks first" in answer.text
    assert "They asked &lt;people&gt; first" in answer.text
    assert "Error: " in answer.text.split("</title>")[0]


def test_recommending_a_bid_not_ranked_first_through_the_form_is_refused(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    sign_in(client, journey.cast.chair)

    answer = client.post(
        f"{base(journey)}/recommend", data={"bid": journey.rival_bid, "reason": "I like them."}
    )

    assert answer.status_code == 422
    assert "I like them." in answer.text
    assert session.scalars(select(Recommendation)).all() == []


def test_deciding_through_the_pages_from_the_result_to_the_contract(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    sign_in(client, journey.cast.chair)
    recommended = client.post(
        f"{base(journey)}/recommend", data={"bid": journey.own_bid, "reason": "The best."}
    )
    assert recommended.status_code == 303
    # Nobody is asked for a second recommendation while one waits.
    assert client.get(f"{base(journey)}/recommend").status_code == 409

    sign_in(client, journey.cast.approver)
    page = client.get(f"{base(journey)}/sign-off").text
    seen = re.search(r'name="recommendation"[^>]*value="([^"]+)"', page)
    assert seen is not None
    form = {"recommendation": seen[1], "answer": "approve"}
    empty = client.post(f"{base(journey)}/sign-off", data=form)
    assert empty.status_code == 422
    assert "Give the reason for your decision" in empty.text
    approved = client.post(f"{base(journey)}/sign-off", data={**form, "reason": "Agreed."})
    assert approved.status_code == 303
    again = client.post(f"{base(journey)}/sign-off", data={**form, "reason": "Agreed again."})
    assert again.status_code == 409
    assert session.scalars(select(SignOff)).one().reason == "Agreed."

    sign_in(client, journey.cast.officer)
    signing = {
        "reference": "C-77",
        "value": "£20,000",
        "starts_on": ["1", "2", "2027"],
        "ends_when": "When the last milestone is accepted.",
    }
    assert client.post(f"{base(journey)}/contract", data=signing).status_code == 409
    making.make({"batch": str(session.scalars(select(LetterBatch.id)).one())}, journey.clock)
    letters = client.get(f"{base(journey)}/letters").text
    told = re.search(r'action="([^"]+/send)"', letters)
    assert told is not None
    # One page more says what follows before anybody is told.
    assert "Send" in client.post(told[1], data={"anyway": "y"}).text
    assert not session.scalars(select(Intention)).all()
    assert client.post(told[1], data={"anyway": "y", "sure": "y"}).status_code == 303
    hand_over_letters(session, journey.clock)
    early = client.post(f"{base(journey)}/contract", data=signing)
    assert early.status_code == 409
    assert "C-77" in early.text
    journey.clock.instant = session.scalars(select(Intention)).one().standstill_ends_at
    # The session of a working day is over by then.
    sign_in(client, journey.cast.officer)
    too_much = client.post(f"{base(journey)}/contract", data={**signing, "value": "150,000.01"})
    assert too_much.status_code == 422
    assert "more than the total value that was published" in too_much.text
    assert client.post(f"{base(journey)}/contract", data=signing).status_code == 303
    assert session.scalars(select(Contract)).one().value_minor == 20_000_00


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
@pytest.mark.parametrize("seen", ["", "no-such", "00000000-0000-0000-0000-000000000000"])
def test_signing_off_what_nobody_recommended_decides_nothing(
    client: FlaskClient, journey: Journey, session: Session, seen: str
) -> None:
    sign_in(client, journey.cast.approver)

    answer = client.post(
        f"{base(journey)}/sign-off",
        data={"recommendation": seen, "answer": "approve", "reason": "Agreed with all of it."},
    )

    assert answer.status_code == 422
    assert "Agreed with all of it." in answer.text
    assert session.scalars(select(SignOff)).all() == []


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_outcome_shows_a_bidder_own_scores_and_no_others_reasons(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    journey.challenge.stage.names_withheld = True
    for reference, words in ((journey.rival_bid, "Rivalword"), (journey.own_bid, "Ownword")):
        session.add(
            AnswerMask(
                bid_id=session.scalars(select(Bid.id).where(Bid.reference == reference)).one(),
                words=words,
                reason="It names the bidder.",
                masked_by_id=journey.cast.officer.id,
                masked_at=journey.clock.now(),
            )
        )
    session.commit()
    sign_in(client, journey.cast.rival_admin)

    page = client.get(f"/bids/{journey.rival_bid}/outcome")

    assert page.status_code == 200
    assert "We agreed on 3." in page.text
    assert "We agreed on 4." not in page.text
    assert journey.cast.supplier.name in page.text
    # What the panel did not read in its own answers, and in no other's.
    assert "Rivalword" in page.text
    assert "Ownword" not in page.text
    # Own scores, never one evaluator's, and never the other's price.
    assert "Eva Evaluator" not in page.text
    assert not re.search(r"20[,.]?000", page.text)


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_outcome_of_a_bid_that_was_not_ranked_leaves_out_what_is_withheld(
    client: FlaskClient, journey: Journey, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage_id = journey.challenge.stage.id
    session.add(
        Withheld(
            stage_id=stage_id,
            bid_id=session.scalars(select(Bid.id).where(Bid.reference == journey.rival_bid)).one(),
            words="as Rivalword told us",
            ground="personal",
            reason="It tells of a person.",
            withheld_by_id=journey.cast.officer.id,
            withheld_at=journey.clock.now(),
        )
    )
    session.commit()
    decided = queries.decision

    def excluded(*given: Any) -> Decision:
        found = decided(*given)
        assert found.computed is not None
        row = next(
            each for each in found.computed.result["bids"] if each["id"] == journey.rival_bid
        )
        row |= {"outcome": "excluded", "rank": None, "reasons": ["Late, as Rivalword told us."]}
        return found

    monkeypatch.setattr(queries, "decision", excluded)
    sign_in(client, journey.cast.rival_admin)

    page = client.get(f"/bids/{journey.rival_bid}/outcome").text

    assert "Your bid was excluded." in page
    assert "Late, [withheld: " in page
    assert "Rivalword" not in page


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_outcome_before_the_announcement_is_not_told(client: FlaskClient, journey: Journey) -> None:
    sign_in(client, journey.cast.rival_admin)

    page = client.get(f"/bids/{journey.rival_bid}/outcome")

    assert page.status_code == 409
    assert journey.cast.supplier.name not in page.text


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_outcome_of_another_suppliers_bid_is_not_found(
    client: FlaskClient, journey: Journey
) -> None:
    sign_in(client, journey.cast.rival_admin)

    assert client.get(f"/bids/{journey.own_bid}/outcome").status_code == 404


def test_result_read_by_an_auditor_is_recorded_and_by_the_approver_is_not(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    for who in (journey.cast.approver, journey.cast.auditor):
        sign_in(client, who)
        assert client.get(base(journey)).status_code == 200
    session.rollback()
    entries = chain_entries(session, journey.reference)
    assert [entry.action for entry in entries].count("result.read") == 1


def test_trace_of_a_bid_of_no_such_reference_is_not_found(
    client: FlaskClient, journey: Journey
) -> None:
    sign_in(client, journey.cast.auditor)

    assert client.get(f"{base(journey)}/bids/{journey.own_bid}").status_code == 200
    assert client.get(f"{base(journey)}/bids/B-NOSUCH").status_code == 404
