"""A form without its token does nothing, and nothing that was typed is lost or shown to others."""

import re
from html import unescape

import pytest
from werkzeug.routing import Rule

from tests.integration.whole.rows import rows_of
from tests.integration.whole.world import World

OWN, FOREIGN = "http://localhost", "https://elsewhere.example"
TYPED = "Three winters ago we began to ask people at the bus stop."
# The token is asked for before anybody's role, so these stand for all.
WHO = ("visitor", "supplier", "officer")


def _posts(world: World) -> list[tuple[Rule, str]]:
    """Give each route that takes forms, with the first thing that its table has."""
    found: dict[str, tuple[Rule, str]] = {}
    for row, rule in rows_of(world.app):
        if row.method == "POST":
            found.setdefault(row.endpoint, (rule, row.thing))
    return list(found.values())


def test_form_without_token_changes_nothing_anywhere(world: World) -> None:
    faults = []
    for rule, thing in _posts(world):
        for actor in WHO:
            answer, written = world.ask(
                "POST", world.path(rule, thing), actor, {"text": TYPED, "reason": TYPED}
            )
            if answer.status_code != 400 or written:
                faults.append(f"{rule.endpoint} as {actor}: {answer.status_code} {written}")

    assert faults == []


@pytest.mark.parametrize("token", ["", "made-up", "expired"])
def test_form_with_a_token_that_does_not_count_gives_back_what_was_typed(
    world: World, token: str
) -> None:
    path = f"/work/challenges/{world.things['draft'].reference}/write/problem"
    # Of another session: what a page holds that was open since yesterday.
    sent = world.token()[:-3] + "AAA" if token == "expired" else token
    seen = "63a008510b6a419331a5"  # the version that was read: sent again, but typed by nobody
    data = {"csrf_token": sent, "problem": TYPED, "title": 'Warm "places" <now>?', "seen": seen}

    answer, written = world.ask("POST", path, "lead", data, headers={"Origin": OWN})

    assert answer.status_code == 400
    assert not written
    assert TYPED in answer.text
    assert f'name="seen" value="{seen}"' in answer.text
    assert f">{seen}<" not in answer.text
    assert "Warm &#34;places&#34; &lt;now&gt;?" in answer.text
    # The page carries a good token, so sending it again works.
    assert sent not in answer.text or not sent


def test_form_with_an_expired_token_is_sent_again_from_the_page_it_gets(world: World) -> None:
    path = f"/work/challenges/{world.things['draft'].reference}/write/problem"
    title = "How can technology help the draft?"
    data = {"csrf_token": "old", "problem": TYPED, "title": title}
    page, _written = world.ask("POST", path, "lead", data, headers={"Origin": OWN})
    fields = {
        unescape(name): unescape(value)
        for name, value in re.findall(
            r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text
        )
    }
    fields.update(
        (unescape(name), unescape(value))
        for name, value in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?([^<]*)', page.text)
    )

    again, written = world.ask("POST", path, "lead", fields, headers={"Origin": OWN})
    world.reset()

    assert again.status_code == 303
    assert "challenge" in {statement.table for statement in written}


@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://localhost.elsewhere.example"])
def test_form_from_elsewhere_shows_nothing_of_what_it_sent(world: World, origin: str) -> None:
    path = f"/work/challenges/{world.things['draft'].reference}/write/problem"

    answer, written = world.ask(
        "POST", path, "lead", {"problem": TYPED}, headers={"Origin": origin}
    )

    assert answer.status_code == 400
    assert not written
    assert TYPED not in answer.text


def test_form_with_an_expired_token_never_shows_a_password(world: World) -> None:
    password = "heron lantern quarry"
    data = {"csrf_token": "old", "email": "una@example.org", "password": password}

    answer, _written = world.ask("POST", "/sign-in", "visitor", data, headers={"Origin": OWN})

    assert answer.status_code == 400
    assert "una@example.org" in answer.text
    assert password not in answer.text


@pytest.mark.parametrize(("origin", "shown"), [(OWN, True), (FOREIGN, False)])
def test_form_to_an_unknown_page_gives_back_long_texts_to_their_writer_alone(
    world: World, origin: str, shown: bool
) -> None:
    data = {"csrf_token": world.token(), "text": TYPED, "new_password": "p" * 60}

    answer, _written = world.ask("POST", "/nowhere", "lead", data, headers={"Origin": origin})

    assert answer.status_code == 404
    assert (TYPED in answer.text) is shown
    assert "p" * 60 not in answer.text
    assert answer.text.count("fw-typed") == int(shown)
