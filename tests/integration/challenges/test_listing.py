"""Finding challenges: filters, orders, pages by key, and the cost of a page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.listing import Filters, Order, Page, StateFilter, challenge_page, own_page
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from tests.conftest import NOW, count_statements
from tests.factories import a_body, a_challenge, actor_for


def titles(page: Page) -> set[str]:
    return {row.title.removeprefix("Is it ").removesuffix("?") for row in page.rows}


def walk(session: Session, filters: Filters, size: int = 7) -> Iterator[Page]:
    page = challenge_page(session, filters, now=NOW, size=size)
    yield page
    while page.after:
        page = challenge_page(session, filters, now=NOW, size=size, after=page.after)
        yield page


@pytest.mark.parametrize(
    ("state", "found"),
    [
        (
            StateFilter.ANY,
            {
                "OPEN",
                "CLOSED",
                "OPENED",
                "EVALUATING",
                "INTENTION",
                "SIGNED",
                "DELIVERING",
                "FINISHED",
                "STOPPED",
                "CANCELLED",
            },
        ),
        (StateFilter.OPEN, {"OPEN"}),
        (StateFilter.CLOSED, {"CLOSED", "OPENED", "EVALUATING"}),
        (StateFilter.AWARDED, {"INTENTION", "SIGNED"}),
        (StateFilter.WORK, {"DELIVERING", "FINISHED"}),
        (StateFilter.ENDED, {"STOPPED", "CANCELLED"}),
    ],
)
@pytest.mark.usefixtures("one_of_each")
def test_filtering_by_state_finds_published_challenges_only(
    session: Session, state: StateFilter, found: set[str]
) -> None:
    page = challenge_page(session, Filters(state=state), now=NOW)

    assert titles(page) == found
    assert (page.count, page.after, page.before) == (len(found), None, None)


@pytest.mark.usefixtures("one_of_each")
def test_challenge_cancelled_before_publication_stays_private(
    session: Session, one_of_each: list[Challenge]
) -> None:
    one_of_each[7].published_at = None
    session.commit()

    assert "CANCELLED" not in titles(challenge_page(session, Filters(), now=NOW))


@pytest.mark.parametrize(
    ("moment", "state"),
    [(timedelta(microseconds=-1), State.OPEN), (timedelta(0), State.CLOSED)],
)
def test_open_filter_and_row_agree_at_the_closing_instant(
    session: Session, body: Organisation, lead: User, moment: timedelta, state: State
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    session.commit()
    assert challenge.stage.closes_at is not None
    now = challenge.stage.closes_at + moment

    (row,) = challenge_page(session, Filters(), now=now).rows
    open_rows = challenge_page(session, Filters(state=StateFilter.OPEN), now=now).rows

    assert row.state(now) is state
    assert len(open_rows) == (1 if state is State.OPEN else 0)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(text="warm bus"), {"A"}),
        (Filters(text="WARM"), {"A", "B"}),
        (Filters(text="warm nothing"), set()),
        (Filters(text="100%"), {"B"}),
        (Filters(text="_"), set()),
        (Filters(text="waits"), {"A"}),
        (Filters(text="' OR 1=1 --"), set()),
        (Filters(text="Northern"), {"B"}),
        (Filters(region="tayside"), {"A"}),
        (Filters(sector="rural"), {"B"}),
        (Filters(region="tayside", sector="rural"), set()),
        (Filters(least_minor=20_000_00), {"B"}),
        (Filters(most_minor=19_999_99), {"A"}),
        (Filters(least_minor=10_000_00, most_minor=20_000_00), {"A", "B"}),
        (Filters(closes_before=NOW + timedelta(days=3)), {"A"}),
        (Filters(order=Order.VALUE), {"A", "B"}),
    ],
)
def test_filter_finds_what_answers_it(
    session: Session, body: Organisation, lead: User, filters: Filters, found: set[str]
) -> None:
    northern = a_body(session, NOW, "Northern Example Council")
    first = a_challenge(
        session, NOW, body, lead, State.OPEN, title="A", closes_at=NOW + timedelta(days=2)
    )
    second = a_challenge(
        session, NOW, northern, lead, State.OPEN, title="B", closes_at=NOW + timedelta(days=3)
    )
    first.summary, first.problem = "Warm places.", "People wait for a bus."
    second.summary, second.problem = "All warm, 100% of the time.", "Nobody is cold."
    first.region, first.sector, first.value_minor = "tayside", "transport", 10_000_00
    second.region, second.sector, second.value_minor = "south", "rural", 20_000_00
    session.commit()

    page = challenge_page(session, filters, now=NOW)

    assert {row.title for row in page.rows} == found


@pytest.mark.parametrize("order", Order)
def test_pages_by_key_show_each_challenge_once_in_order(
    session: Session, many: list[Challenge], order: Order
) -> None:
    pages = list(walk(session, Filters(text="number", order=order)))

    rows = [row for page in pages for row in page.rows]
    assert sorted(row.title for row in rows) == sorted(c.title for c in many)
    if order is Order.NEWEST:
        published = [row.published_at or NOW for row in rows]
        assert published == sorted(published, reverse=True)
    elif order is Order.VALUE:
        values = [row.value_minor or 0 for row in rows]
        assert values == sorted(values, reverse=True)
    elif order is Order.MATCH:
        assert [row.score for row in rows] == sorted((row.score for row in rows), reverse=True)
    else:
        closing = [row.closes_at or NOW for row in rows]
        assert closing == sorted(closing)
    assert {page.count for page in pages} == {50}


@pytest.mark.parametrize("order", Order)
@pytest.mark.usefixtures("many")
def test_pages_backwards_are_the_pages_forwards(session: Session, order: Order) -> None:
    filters = Filters(text="number", order=order)
    forwards = list(walk(session, filters))
    assert forwards[0].before is None
    page, backwards = forwards[-1], [forwards[-1]]

    while page.before:
        page = challenge_page(session, filters, now=NOW, size=7, before=page.before)
        backwards.append(page)

    assert [p.rows for p in reversed(backwards)] == [p.rows for p in forwards]


@pytest.mark.usefixtures("many")
def test_going_back_into_the_beginning_gives_a_whole_first_page(session: Session) -> None:
    first = challenge_page(session, Filters(), now=NOW, size=7)
    short = challenge_page(session, Filters(), now=NOW, size=3)
    assert short.after is not None
    inside = challenge_page(session, Filters(), now=NOW, size=7, after=short.after)

    assert challenge_page(session, Filters(), now=NOW, size=7, before=inside.before) == first


def test_page_is_not_shifted_by_a_challenge_published_meanwhile(
    session: Session, many: list[Challenge], body: Organisation, lead: User
) -> None:
    first, second, *_rest = walk(session, Filters())
    newer = a_challenge(session, NOW, body, lead, State.OPEN, title="Newer?")
    newer.published_at = NOW + timedelta(minutes=1)
    session.commit()

    assert (
        challenge_page(session, Filters(), now=NOW, size=7, after=first.after).rows == second.rows
    )


@pytest.mark.parametrize("order", Order)
@pytest.mark.usefixtures("one_of_each")
def test_page_with_a_made_up_key_begins_at_the_beginning(session: Session, order: Order) -> None:
    zeros = "0" * 32
    beginning = challenge_page(session, Filters(order=order), now=NOW)

    for key in ("", "x", "1", "-", "1-nonsense", f"{'9' * 40}-{zeros}", f"one-{zeros}"):
        filters = Filters(order=order)
        assert challenge_page(session, filters, now=NOW, after=key) == beginning, key
        assert challenge_page(session, filters, now=NOW, before=key) == beginning, key


def test_count_beyond_the_most_says_more_than(
    session: Session, many: list[Challenge], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("challenges.listing.COUNT_MOST", 30)

    page = challenge_page(session, Filters(), now=NOW)

    assert (page.count, page.more_than) == (30, True)


def test_own_pages_hold_every_state_of_the_body(
    session: Session, one_of_each: list[Challenge], lead: User
) -> None:
    first = own_page(session, actor_for(lead), size=7)
    second = own_page(session, actor_for(lead), size=7, after=first.after)

    assert {row.reference for row in [*first.rows, *second.rows]} == {
        challenge.reference for challenge in one_of_each
    }
    assert own_page(session, actor_for(lead), size=7, before=second.before) == first


@pytest.mark.parametrize("order", Order)
@pytest.mark.usefixtures("many")
def test_page_of_many_rows_takes_two_statements(session: Session, order: Order) -> None:
    with count_statements(session) as counted:
        page = challenge_page(session, Filters(order=order), now=NOW, size=49)

    assert len(page.rows) == 49
    assert len(counted) == 2
