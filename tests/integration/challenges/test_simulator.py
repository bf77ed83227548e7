"""The page on which a body tries its criteria on made-up bids."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import LogEntry
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person
from tests.integration.challenges.browser import hidden_fields
from tests.integration.challenges.states import in_state


@pytest.fixture
def draft(session: Session, body: Organisation, lead: User) -> Challenge:
    """Give a draft in which price counts between two amounts."""
    return in_state(session, body, lead, State.DRAFT, price_model=PriceModel.FIXED_BOUNDS)


def at(challenge: Challenge) -> str:
    return f"/work/challenges/{challenge.reference}/write/simulator"


def boxes(page: str) -> dict[str, list[str]]:
    """Give what a browser would send of the page's first form, by name."""
    form = re.findall(r"<form[^>]*data-simulator.*?</form>", page, re.S)[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if name:
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return found


def order(page: str) -> list[str]:
    """Give the names in the table of the result, best first."""
    table = page[page.index("Result, best first") :]
    return re.findall(r'scope="row"[^>]*>([^<]+)</th>', table[: table.index("</table>")])


def test_usual_bids_are_ranked_and_the_effects_told(
    client: FlaskClient, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)

    page = client.get(at(draft)).text

    assert order(page)[0] == "Good and dear"
    assert "What a price 10% lower is worth" in page
    assert "No. What a bid reaches depends on that bid alone" in page
    assert "Lowest price divided by price" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert (
        f'href="{at(draft)}"'
        in client.get(f"/work/challenges/{draft.reference}/write/criteria").text
    )


def test_what_is_tried_stands_in_the_address_and_nothing_is_stored(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    typed = boxes(client.get(at(draft)).text)
    version = draft.row_version
    entries = session.scalar(select(func.count()).select_from(LogEntry))
    typed["n"][1] = "مزايدة 🎣 <script>alert(1)</script>"
    typed["w"] = ["10", "10", "80"]

    page = client.get(at(draft), query_string=typed).text

    assert order(page)[0] == "مزايدة 🎣 &lt;script&gt;alert(1)&lt;/script&gt;"
    assert "<script>alert" not in page
    assert "answers nothing can draw level" in page
    assert boxes(page) == typed
    session.expire_all()
    assert draft.row_version == version
    assert session.scalar(select(func.count()).select_from(LogEntry)) == entries


def test_bids_are_added_up_to_eight_and_removed_down_to_one(
    client: FlaskClient, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    typed = boxes(client.get(at(draft)).text)
    for _press in range(6):
        answer = client.get(at(draft), query_string={**typed, "add": "1"})
        assert answer.status_code == 303
        page = client.get(answer.location).text
        typed = boxes(page)
    assert len(typed["n"]) == 8
    assert "Add a bid" not in page

    for _press in range(9):
        page = client.get(
            client.get(at(draft), query_string={**typed, "remove": "1"}).location
        ).text
        typed = boxes(page)

    assert typed["n"] == ["New bid"]


@pytest.mark.parametrize(
    ("name", "place", "text", "said"),
    [
        ("w", 0, "", "Enter a weight, such as 30 or 12.5."),
        ("w", 0, "0", "Enter a weight above 0 and up to 100."),
        ("s", 1, "5.5", "Enter a score on the scale."),
        ("s", 1, "١", "Enter a score on the scale."),
        ("p", 0, "-5", "Enter an amount in pounds, such as 5,000."),
        ("p", 0, "9" * 13, "Enter an amount in pounds, such as 5,000."),
        ("n", 0, " \u200b ", "Give this bid a name."),
    ],
)
def test_bad_box_is_named_beside_it_and_keeps_what_was_typed(
    client: FlaskClient, draft: Challenge, lead: User, name: str, place: int, text: str, said: str
) -> None:
    sign_in(client, lead)
    typed = boxes(client.get(at(draft)).text)
    typed[name][place] = text

    page = client.get(at(draft), query_string=typed).text

    assert page.count(said) == 2
    assert "Result, best first" not in page
    assert boxes(page)[name][place] == text.strip() or name == "n"


def test_address_for_other_criteria_or_of_nonsense_shows_the_usual_bids(
    client: FlaskClient, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    usual = boxes(client.get(at(draft)).text)
    for asked in (
        {**usual, "c": ["00000000"]},
        {**usual, "n": ["x"] * 9},
        {**usual, "s": ["1"]},
        {"w": ["x" * 3000]},
    ):
        page = client.get(at(draft), query_string=asked).text

        assert boxes(page) == usual
        assert "made for other criteria" in page


def test_weights_tried_are_taken_over_by_the_ordinary_way(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    typed = boxes(client.get(at(draft)).text)
    typed["w"] = ["50", "30", "20"]
    page = client.get(at(draft), query_string=typed).text
    sent = hidden_fields(page)

    answer = client.post(at(draft), data=sent)

    assert answer.status_code == 303
    session.expire_all()
    assert [f"{criterion.weight:f}" for criterion in draft.stage.criteria] == ["50", "30", "20"]
    # Somebody else looks at the page from before, and overwrites nothing unseen.
    late = client.post(at(draft), query_string=typed, data={**sent, "weight-solves": "60"})
    assert late.status_code == 409
    assert "Nothing was overwritten" in late.text


def test_officer_tries_what_is_in_review_and_takes_nothing_over(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    waiting = in_state(session, body, lead, State.IN_REVIEW, price_model=PriceModel.FIXED_BOUNDS)
    sign_in(client, officer)
    typed = boxes(client.get(at(waiting)).text)
    typed["w"] = ["50", "30", "20"]

    page = client.get(at(waiting), query_string=typed).text

    assert "Put these weights into the draft" not in page
    weights = {"weight-solves": "50", "weight-team": "30", "weight-price": "20"}
    assert client.post(at(waiting), data=weights).status_code == 409


def test_another_bodys_challenge_is_not_found(
    client: FlaskClient, session: Session, draft: Challenge
) -> None:
    other = a_body(session, NOW, "Another Council")
    stranger = a_person(session, NOW, other, Role.CHALLENGE_LEAD)
    session.commit()
    sign_in(client, stranger)

    assert client.get(at(draft)).status_code == 404
    assert client.post(at(draft)).status_code == 404


def test_draft_without_questions_or_with_half_a_method_says_what_is_needed(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    draft.stage.worst_minor = None
    session.commit()
    assert "the price that gets none" in client.get(at(draft)).text

    bare = a_challenge(session, NOW, draft.buyer, lead)
    bare.stage.criteria = []
    session.commit()

    assert "no question yet" in client.get(at(bare)).text
