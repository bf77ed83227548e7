"""Searching for words: what is found, in which order, marked how, and that nothing is behind."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.finding import keeping
from challenges.finding.filters import Filters, Order, StateFilter
from challenges.lifecycle import State
from challenges.listing import Page, challenge_page
from challenges.models import Challenge, CoSponsor
from marketplace.core.accounts.models import Organisation, User
from tests.conftest import NOW
from tests.factories import a_body, a_challenge

Publish = Callable[..., Challenge]


@pytest.fixture
def published(session: Session, body: Organisation, lead: User) -> Publish:
    """Give the way to publish a challenge with texts of its own, empty where none is given."""

    def publish(title: str, *, buyer: Organisation = body, **texts: str) -> Challenge:
        challenge = a_challenge(session, NOW, buyer, lead, State.OPEN, title=title)
        for name in ("summary", *keeping.BODY):
            setattr(challenge, name, texts.get(name, ""))
        session.commit()
        return challenge

    return publish


def search(session: Session, words: str, **more: object) -> Page:
    filters = Filters(text=words, order=Order.MATCH, **more)  # type: ignore[arg-type]  # names of fields
    return challenge_page(session, filters, now=NOW)


def titles(session: Session, words: str, **more: object) -> list[str]:
    return [row.title for row in search(session, words, **more).rows]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("flooding", True),  # flood
        ("warn", True),  # warnings
        ('"flood warnings"', True),
        ('"warnings flood"', False),
        ("river -flood", False),
        ("river -drought", True),
        ("reach*", True),  # reaches
        ("coastal", True),  # hyphen in the text
        ("cafe", True),  # accent in the text
        ("CAFÉ", True),
        ("water.example.org/levels", True),
        ("NOT river", True),  # no operators: a common word, and a word
        ("title:river", False),
        ("river) OR (1=1", False),
        ('river" OR "x', False),
        ("river & | ! <-> :*", True),
    ],
)
def test_words_find_what_they_mean_on_either_database(
    session: Session, published: Publish, words: str, found: bool
) -> None:
    published(
        "How can flood warnings come sooner?",
        problem="The river rises at night. Nobody reaches the non-coastal café. "
        "See https://water.example.org/levels.",
    )

    assert bool(titles(session, words)) is found


def test_best_match_puts_titles_before_summaries_before_texts(
    session: Session, published: Publish
) -> None:
    published("In the text?", problem="Ferries are late. " + "All wait. " * 20)
    published("In the summary?", summary="Ferries are late.", problem="All wait. " * 20)
    published("Ferries?", problem="All wait. " * 20)

    assert titles(session, "ferry") == ["Ferries?", "In the summary?", "In the text?"]


def test_draft_and_retracted_texts_are_not_found(
    session: Session, body: Organisation, lead: User, published: Publish
) -> None:
    a_challenge(session, NOW, body, lead, State.READY, title="Are zebras drafts?")
    stays = published("Are zebras public?")
    session.commit()
    assert titles(session, "zebra") == ["Are zebras public?"]

    stays.title = "Are horses public?"
    session.commit()

    assert titles(session, "zebra") == []
    assert titles(session, "horse") == ["Are horses public?"]


def test_every_public_text_and_name_is_found_and_stays_so(
    session: Session, published: Publish
) -> None:
    northern = a_body(session, NOW, "Northern Example Council")
    challenge = published(
        "Where?", buyer=northern, **{name: f"word{at}here" for at, name in enumerate(keeping.BODY)}
    )
    challenge.co_sponsors = [CoSponsor(name="Peatland Trust Example")]
    challenge.round = "Tenth"
    session.commit()

    words = [f"word{at}here" for at, _name in enumerate(keeping.BODY)]
    for word in [*words, "northern", "peatland", "tenth", challenge.reference]:
        assert titles(session, word) == ["Where?"], word

    northern.name = "Southern Example Council"
    challenge.co_sponsors = []
    session.commit()
    assert (titles(session, "southern"), titles(session, "northern")) == (["Where?"], [])
    assert titles(session, "peatland") == []
    assert keeping.missing(session) == 0


def test_filters_narrow_a_search_and_counts_say_by_how_much(
    session: Session, published: Publish
) -> None:
    for region in ("tayside", "south", "south"):
        published("Is it a ferry?").region = region
    session.commit()

    page = search(session, "ferry", region="south", state=StateFilter.OPEN)

    assert (page.count, len(page.rows)) == (2, 2)
    assert page.facets is not None
    assert page.facets.state == {"open": 2}


def test_found_words_are_marked_and_nothing_else_is_markup(
    client: FlaskClient, published: Publish
) -> None:
    published(
        "Why <b>ferries</b>?",
        summary="\x02<script>alert(1)</script>\x03 & so on",
        problem="Before. " * 80 + "The **ferry** is <i>late</i>. " + "After. " * 80,
    )

    page = client.get("/challenges?q=ferry").text

    assert "Why &lt;b&gt;<mark>ferries</mark>&lt;/b&gt;?" in page
    assert "<script>alert(1)" not in page
    assert re.search("The +<mark>ferry</mark> +is", page)
    assert "<i>late" not in page


def test_search_page_shows_each_filter_with_a_way_to_remove_it(
    client: FlaskClient, published: Publish, body: Organisation
) -> None:
    published("Is it a ferry?")

    page = client.get(f"/challenges?q=ferry&region=central&body={body.id.hex}&within=30").text

    assert 'href="/challenges?q=ferry&amp;region=central&amp;within=30"' in page  # without the body
    assert 'href="/challenges?region=central&amp;body=' in page  # without the words
    assert "Closes within 30 days" in page
    assert "Is it a <mark>ferry</mark>?" in page


def test_common_words_alone_say_what_to_do(client: FlaskClient, published: Publish) -> None:
    published("How can the ferry come?")

    page = client.get("/challenges?q=how+can").text

    assert "stand in nearly every challenge" in page


def test_rebuilding_mends_an_index_that_was_tampered_with(
    session: Session, published: Publish
) -> None:
    published("Is it a ferry?")
    published("Is it a bus?")
    session.execute(sa.text("DELETE FROM challenge_text WHERE title LIKE '%ferry%'"))
    session.commit()
    assert keeping.missing(session) == 1

    assert keeping.rebuild(session) == 2

    session.commit()
    assert keeping.missing(session) == 0
    assert titles(session, "ferry") == ["Is it a ferry?"]
