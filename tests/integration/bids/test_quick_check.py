"""The quick check in a browser without script: asked, answered, carried over, never kept."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.kinds import PriceModel
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_person, a_supplier
from tests.integration.accounts.conftest import PASSWORD, letters_to, link_in
from tests.integration.bids.conftest import Scene, build_scene
from tests.integration.challenges.browser import send

FINE = {
    "bidder": "company",
    "crimes": "no",
    "tax": "no",
    "other": "no",
    "conflict": "no",
    "turnover": "yes",
    "money": "yes",
    "closing": "yes",
}


def scene_asking_turnover(session: Session) -> tuple[Scene, str]:
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    scene.challenge.required_turnover_minor = 10_000_000
    session.commit()
    return scene, f"/challenges/{scene.challenge.reference}/check"


def test_a_visitor_checks_and_reads_what_to_do(session: Session, client: FlaskClient) -> None:
    scene, at = scene_asking_turnover(session)
    assert at in client.get(f"/challenges/{scene.challenge.reference}").text
    page = client.get(at).text
    assert "Was your turnover at least £100,000 in a year?" in page
    fine = send(client, at, FINE)
    assert fine.headers["Location"] == f"{at}/result"
    assert "Nothing here stops you" in client.get(f"{at}/result").text
    send(client, at, FINE | {"crimes": "righted"})
    assert "You can bid if" in client.get(f"{at}/result").text
    send(client, at, FINE | {"turnover": "no", "tax": "yes"})
    stopped = client.get(f"{at}/result")
    assert "This one is not for you" in stopped.text
    assert "Look for a partner to bid with" in stopped.text
    assert "agree a plan with the tax authority" in stopped.text
    assert stopped.headers["Cache-Control"] == "no-store"
    # The answers are there again, to be changed.
    assert 'value="no" checked' in client.get(at).text


def test_what_is_missing_or_made_up_is_told_beside_the_question_and_loses_nothing(
    session: Session, client: FlaskClient
) -> None:
    _scene, at = scene_asking_turnover(session)
    refused = send(client, at, {"bidder": "sole_trader", "crimes": "<script>"})
    assert refused.status_code == 422
    assert refused.text.count("Choose an answer. You can say that you are not sure.") == 2 * 6
    assert "Choose one of the options on this page" in refused.text
    assert 'value="sole_trader" checked' in refused.text
    # Nothing was kept, so there is no result to show.
    assert client.get(f"{at}/result").headers["Location"] == at


def test_a_check_of_another_challenge_or_of_other_sums_is_asked_anew(
    session: Session, client: FlaskClient
) -> None:
    scene, at = scene_asking_turnover(session)
    send(client, at, FINE)
    scene.challenge.required_insurance_minor = 100_000_000
    session.commit()
    assert client.get(f"{at}/result").headers["Location"] == at


def test_after_closing_there_is_nothing_to_check(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    scene, at = scene_asking_turnover(session)
    assert scene.challenge.stage.closes_at
    clock.instant = scene.challenge.stage.closes_at
    assert client.get(at).status_code == client.get(f"{at}/result").status_code == 409
    assert at not in client.get(f"/challenges/{scene.challenge.reference}").text
    clock.instant -= timedelta(seconds=1)
    assert client.get(at).status_code == 200


def test_answers_begin_the_declaration_of_a_new_supplier_until_it_is_made(
    session: Session, client: FlaskClient
) -> None:
    _scene, at = scene_asking_turnover(session)
    person = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    sign_in(client, person)
    send(client, at, FINE | {"tax": "yes", "other": "unsure"})
    page = client.get("/organisation/eligibility/declare").text
    assert page.count(" checked") == 2
    assert 'id="group-tax" name="group-tax" type="radio" value="yes" checked' in page


def link(page: str, words: str) -> str:
    found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>\s*{words}', page)
    assert found, words
    return unescape(found[1])


def test_visitor_takes_the_answers_through_account_registration_and_declaration(
    session: Session, client: FlaskClient
) -> None:
    scene, at = scene_asking_turnover(session)
    scene.challenge.required_insurance_minor = 100_000_000
    session.commit()
    send(client, at, FINE | {"bidder": "sole_trader", "tax": "yes", "insurance": "get"})
    register = link(client.get(f"{at}/result").text, "Register and take your answers along")

    made = {"name": "Ewan Imagined", "email": "ewan@example.org", "password": PASSWORD}
    waits = send(client, register, made)
    # Not confirmed yet: the page that was wanted is still shut.
    assert client.get(waits.headers["Location"]).status_code == 302
    (letter,) = letters_to(made["email"])
    confirmed = client.post(link_in(letter))
    taken = send(client, confirmed.headers["Location"], made)
    assert taken.headers["Location"] == "/quick-check"

    page = client.get("/quick-check").text
    assert "Yes, and we have not agreed a plan to pay" in page
    assert "We could get it" in page
    # The three about grounds, and none of those that say nothing there.
    assert page.count("govuk-summary-list__row") == 3
    supplier = link(page, "Register a supplier")
    assert 'value="sole_trader" checked' in client.get(supplier).text
    named = {"name": "Imagined Boats", "type": "sole_trader"}
    assert send(client, supplier, named).headers["Location"] == "/quick-check"

    declare = link(client.get("/quick-check").text, "Use these answers in the declaration")
    applies = 'id="group-tax" name="group-tax" type="radio" value="yes" checked'
    assert applies in client.get(declare).text

    client.post("/sign-out")
    send(client, "/sign-in", made)
    assert "There are no answers of a quick check here" in client.get("/quick-check").text
    assert " checked" not in client.get(declare).text


def test_answers_lead_on_for_each_person_as_far_as_they_may(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    scene, at = scene_asking_turnover(session)
    unsure = FINE | {"bidder": "several", "crimes": "unsure", "tax": "unsure", "other": "unsure"}

    def page_for(person: User) -> str:
        sign_in(client, person)
        send(client, at, unsure)
        return client.get("/quick-check").text

    officer = page_for(scene.lead)
    assert "which is no supplier" in officer
    assert "type=" not in link(officer, "Register a supplier")
    # The supplier has declared, so nothing is left to use.
    assert "You have declared already" in page_for(scene.contributor_user)
    unready = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_CONTRIBUTOR)
    session.commit()
    assert scene.challenge.stage.closes_at
    clock.instant = scene.challenge.stage.closes_at - timedelta(hours=1)
    contributor = page_for(unready)
    assert "Only a supplier administrator can make this declaration." in contributor
    assert "your declaration begins empty" in contributor
    clock.instant += timedelta(hours=1)
    assert "Bids closed at" in client.get("/quick-check").text


@pytest.mark.parametrize(
    "planted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "quick-check", "/x" * 151],
)
def test_only_a_page_of_ours_is_gone_on_to(
    session: Session, client: FlaskClient, planted: str
) -> None:
    sign_in(client, a_person(session, NOW, None))
    supplier = f"/organisation/new/supplier?{urlencode({'next': planted, 'type': '<script>'})}"

    done = send(client, supplier, {"name": "Imagined Boats", "type": "company"})

    assert done.headers["Location"] == "/organisation"
