"""Home, a person's board, a challenge's hub, and the list of awards, in each state."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from marketplace.core.permissions import Role
from scoring.award.models import Intention
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person
from tests.journeys import RIVAL_WORDS, Journey, Step


def words(page: str) -> str:
    """Give what a person reads on a page."""
    main = re.sub(r"(?s)<script.*?</script>|<style.*?</style>", "", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_home_without_anything_open_or_awarded_says_so(
    client: FlaskClient, journey: Journey
) -> None:
    page = words(client.get("/").text)

    assert "Nothing is open at the moment" in page
    assert "No award yet" in page
    assert journey.cast.supplier.name not in page


def test_home_shows_what_closes_soonest_first_and_no_draft(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    now = journey.clock.now()
    for title, state, days in (
        ("How can we close later?", State.OPEN, 9),
        ("How can we close sooner?", State.OPEN, 2),
        ("How can we stay a draft?", State.DRAFT, 2),
        ("How can we wait for review?", State.IN_REVIEW, 2),
        ("How can we be ready?", State.READY, 2),
    ):
        a_challenge(
            session,
            now,
            journey.cast.body,
            journey.cast.lead,
            state,
            title=title,
            closes_at=now + timedelta(days=days),
        )
    session.commit()

    page = words(client.get("/").text)

    assert page.index("close sooner?") < page.index("close later?")
    assert "2 challenges from" in page
    for hidden in ("stay a draft", "wait for review", "be ready?"):
        assert hidden not in page


@pytest.mark.parametrize("step", [Step.INTENTION, Step.SIGNED])
def test_home_shows_the_latest_awards(client: FlaskClient, journey: Journey) -> None:
    assert f"/awards/{journey.reference}" in client.get("/").text


def test_health_answers_without_a_session(client: FlaskClient) -> None:
    answer = client.get("/health")

    assert (answer.status_code, answer.text) == (200, "ok\n")


BOARDS = [
    (Step.MODERATING, "chair", "/panel/progress"),
    (Step.LOCKED, "chair", "/decision/recommend"),
    (Step.LOCKED, "auditor", "/decision"),
    (Step.RECOMMENDED, "approver", "/decision/sign-off"),
]


@pytest.mark.parametrize(("step", "who", "leads_to"), BOARDS)
def test_board_leads_whom_it_waits_for_to_the_next_step(
    client: FlaskClient, journey: Journey, who: str, leads_to: str
) -> None:
    sign_in(client, getattr(journey.cast, who))

    page = client.get("/work").text

    assert "Waiting for you" in page
    assert f'href="/work/challenges/{journey.reference}{leads_to}"' in page
    assert client.get(f"/work/challenges/{journey.reference}{leads_to}").status_code == 200


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_board_says_for_whom_the_others_wait(client: FlaskClient, journey: Journey) -> None:
    sign_in(client, journey.cast.lead)

    page = words(client.get("/work").text)

    assert "Nothing waits for you" in page
    assert "Waiting for an approver to sign off" in page


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_board_of_the_officer_offers_the_contract_only_after_the_standstill(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    sign_in(client, journey.cast.officer)
    before = client.get("/work").text
    journey.clock.instant = session.scalars(select(Intention)).one().standstill_ends_at
    sign_in(client, journey.cast.officer)
    after = client.get("/work").text

    address = f"/work/challenges/{journey.reference}/decision/contract"
    assert address not in before
    assert "The standstill runs" in words(before)
    assert address in after


@pytest.mark.parametrize("step", [Step.MODERATING, Step.INTENTION])
def test_board_of_a_supplier_has_its_own_bids_and_their_outcome(
    client: FlaskClient, journey: Journey, step: Step
) -> None:
    sign_in(client, journey.cast.rival_admin)

    page = client.get("/work").text

    assert f"/bids/{journey.rival_bid}" in page
    assert journey.own_bid not in page
    assert (f"/bids/{journey.rival_bid}/outcome" in page) is (step is Step.INTENTION)


def test_board_of_a_person_without_an_organisation_says_how_to_come_to_one(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    nobody = a_person(session, NOW, None)
    session.commit()
    sign_in(client, nobody)

    page = client.get("/work")

    assert page.status_code == 200
    assert "Register an organisation" in page.text


def test_board_of_the_platform_counts_who_waits_to_be_verified(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    journey.cast.rival.verified_at = None
    session.commit()
    sign_in(client, journey.cast.platform_admin)

    assert "1 organisation waits to be verified" in words(client.get("/work").text)


def test_board_of_another_body_is_empty(client: FlaskClient, journey: Journey) -> None:
    sign_in(client, journey.cast.other_officer)

    assert journey.reference not in client.get("/work").text


@pytest.mark.parametrize("step", [step for step in Step if step >= Step.MODERATING])
def test_hub_opens_at_every_step_for_everybody_of_the_body(
    client: FlaskClient, journey: Journey
) -> None:
    cast = journey.cast
    for person in (cast.lead, cast.officer, cast.chair, cast.approver, cast.auditor):
        sign_in(client, person)
        answer = client.get(f"/work/challenges/{journey.reference}")
        assert answer.status_code == 200, person.name
        assert "2" in words(answer.text)


@pytest.mark.parametrize("step", [Step.SIGNED])
def test_hub_tells_single_bids_and_scores_to_auditors_alone(
    client: FlaskClient, journey: Journey
) -> None:
    path = f"/work/challenges/{journey.reference}"
    sign_in(client, journey.cast.officer)
    officer = words(client.get(path).text)
    sign_in(client, journey.cast.auditor)
    auditor = words(client.get(path).text)

    assert journey.own_bid in auditor
    assert "Eva Evaluator" in auditor
    # The officers' list names the bid that was recommended, and no other.
    assert journey.rival_bid not in officer


@pytest.mark.parametrize("step", [Step.SIGNED])
def test_awards_are_found_by_words_and_told_apart(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    found = client.get("/awards").text
    assert journey.cast.supplier.name in found
    assert f"/awards/{journey.reference}" in found
    for query in ("warm place", "EXAMPLE council", "warm example"):
        assert journey.reference in client.get("/awards", query_string={"q": query}).text, query
    for query in (
        "submarine",
        "warm submarine",
        "100%",
        "%",
        "_",
        "_" * 300,
        "' OR 1=1 --",
        RIVAL_WORDS,
    ):
        answer = client.get("/awards", query_string={"q": query})
        assert answer.status_code == 200
        assert f"/awards/{journey.reference}" not in answer.text, query


@pytest.mark.parametrize("step", [Step.SIGNED])
@pytest.mark.parametrize(
    "after",
    [
        "",
        "~",
        "nonsense",
        "2026-13-01~x",
        "2026-12-01T00:00:00~",
        "0001-01-01T00:00:00+23:59~00000000-0000-0000-0000-000000000000",
    ],
)
def test_awards_with_a_broken_place_to_go_on_from_begin_anew(
    client: FlaskClient, journey: Journey, after: str
) -> None:
    answer = client.get("/awards", query_string={"after": after})

    assert answer.status_code == 200
    assert f"/awards/{journey.reference}" in answer.text


@pytest.mark.parametrize("step", [Step.SIGNED])
def test_hub_and_board_name_no_challenge_of_another_body(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    other = a_body(session, NOW, "Third Council")
    person = a_person(session, NOW, other, *[Role.CHAIR, Role.AUDITOR, Role.PROCUREMENT_OFFICER])
    session.commit()
    sign_in(client, person)

    assert client.get(f"/work/challenges/{journey.reference}").status_code == 404
    assert journey.reference not in client.get("/work").text
