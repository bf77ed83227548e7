"""The public list and page as a visitor meets them, and what every page costs."""

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import NOW, count_statements, sign_in
from tests.factories import a_body, a_challenge, a_person


@pytest.mark.parametrize("path", ["/challenges", "/challenges?q=number&order=closing"])
@pytest.mark.usefixtures("many")
def test_list_page_takes_few_statements(
    client: FlaskClient, session: Session, path: str, lead: User
) -> None:
    sign_in(client, lead)

    with count_statements(session) as counted:
        page = client.get(path)

    assert page.text.count("fw-card__title") == 20
    assert len(counted) <= 12


def test_every_page_of_a_challenge_takes_few_statements(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    officer = a_person(session, NOW, body, Role.PROCUREMENT_OFFICER, Role.CHALLENGE_LEAD)
    for state, pages in {
        State.DRAFT: [
            "write",
            "write/problem",
            "write/criteria",
            "write/criteria/solves",
            "preview",
        ],
        State.IN_REVIEW: ["review", "return", "cancel"],
        State.READY: ["publish"],
        State.EVALUATING: ["stop"],
    }.items():
        challenge = a_challenge(session, NOW, body, lead, state)
        session.commit()
        sign_in(client, officer)
        for name in pages:
            path = f"/work/challenges/{challenge.reference}/{name}"
            with count_statements(session) as counted:
                assert client.get(path).status_code == 200, path
            # One for each part of the text, however much there is of it, and one for the rules.
            assert len(counted) <= 18, path


def test_list_page_shows_state_value_sponsor_and_time_left(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    a_challenge(session, NOW, body, lead, State.OPEN, closes_at=NOW + timedelta(days=6, hours=4))
    session.commit()

    page = re.sub(r"\s+", " ", client.get("/challenges").text)

    for words in ("1 challenge", "Open for bids", "6 days and 4 hours left", "£45,000", body.name):
        assert words in page
    assert "There is a problem" not in page


@pytest.mark.usefixtures("app")
def test_list_page_without_any_challenge_says_so(client: FlaskClient) -> None:
    assert "No challenge has been published yet" in client.get("/challenges").text


@pytest.mark.usefixtures("one_of_each")
def test_list_page_with_nothing_found_offers_a_way_out(client: FlaskClient) -> None:
    page = client.get("/challenges?q=zebra&region=ayrshire").text

    assert "Nothing answers all of this" in page
    assert 'value="zebra"' in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("least=lots", "Enter an amount in pounds"),
        ("by=31/02/2027", "Enter a real date"),
        ("state=purple", "State: choose one from the list"),
    ],
)
@pytest.mark.usefixtures("one_of_each")
def test_list_page_with_a_filter_that_cannot_be_read_says_so_and_lists_without_it(
    client: FlaskClient, query: str, said: str
) -> None:
    page = client.get(f"/challenges?{query}")

    assert page.status_code == 200
    assert said in page.text
    assert "E-mail me new ones" not in page.text
    assert page.text.count("fw-card__title") == 10


@pytest.mark.usefixtures("one_of_each")
def test_list_page_with_hostile_words_shows_them_as_text(client: FlaskClient) -> None:
    page = client.get("/challenges", query_string={"q": "<script>alert(1)</script>" + "a" * 9_000})

    assert page.status_code == 200
    assert "<script>alert(1)" not in page.text


def test_list_pages_link_to_each_other_with_the_filters_kept(
    client: FlaskClient, many: list[Challenge]
) -> None:
    first = client.get("/challenges?state=open&least=%C2%A31,000").text
    after = re.search(r'href="([^"]+)" rel="next"', first)
    assert after is not None
    second = client.get(after[1].replace("&amp;", "&")).text

    assert "state=open" in after[1]
    assert second.count("fw-card__title") == 20
    assert "Previous page" in second
    shown = set(re.findall(r"Number \d\d", first)) & set(re.findall(r"Number \d\d", second))
    assert not shown


def test_closing_by_a_day_includes_that_day_in_london(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    for title, closes_at in (
        ("Last minute?", datetime.fromisoformat("2026-12-24T23:59:00+00:00")),
        ("Next day?", datetime.fromisoformat("2026-12-25T00:00:00+00:00")),
    ):
        a_challenge(session, NOW, body, lead, State.OPEN, title=title, closes_at=closes_at)
    session.commit()

    page = client.get("/challenges?by=24/12/2026").text

    assert "Last minute?" in page
    assert "Next day?" not in page


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.READY])
def test_page_of_an_unpublished_challenge_is_not_found(
    client: FlaskClient, session: Session, body: Organisation, lead: User, state: State
) -> None:
    challenge = a_challenge(session, NOW, body, lead, state)
    session.commit()

    assert client.get(f"/challenges/{challenge.reference}").status_code == 404


@pytest.mark.parametrize(
    ("state", "bid", "award"),
    [
        (State.OPEN, True, False),
        (State.CLOSED, False, False),
        (State.EVALUATING, False, False),
        (State.INTENTION, False, True),
        (State.SIGNED, False, True),
    ],
)
def test_page_offers_what_its_state_allows(
    client: FlaskClient,
    session: Session,
    body: Organisation,
    lead: User,
    state: State,
    bid: bool,
    award: bool,
) -> None:
    challenge = a_challenge(session, NOW, body, lead, state)
    session.commit()

    page = client.get(f"/challenges/{challenge.reference}").text

    assert (f"/challenges/{challenge.reference}/bid" in page) is bid
    assert (f"/awards/{challenge.reference}" in page) is award


def test_a_challenge_of_an_unverified_body_says_so_until_it_is_verified(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    now = clock.now()
    body = a_body(session, now)
    lead = a_person(session, now, body, Role.CHALLENGE_LEAD)
    challenge = a_challenge(session, now, body, lead, State.OPEN)
    warning = "have not yet checked who stands behind"
    body.verified_at = None
    session.commit()
    assert warning in client.get(f"/challenges/{challenge.reference}").text
    body.verified_at = now
    session.commit()
    assert warning not in client.get(f"/challenges/{challenge.reference}").text
