"""A later stage's pages: at addresses of their own, with the rights of the first stage's."""

import re
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.kinds import PriceModel
from marketplace.core.access import access_class
from marketplace.core.clock import FixedClock
from scoring.award import service as award
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import Browser
from tests.journeys import QUESTIONS, Step, a_cast, a_journey
from tests.staged import SecondStage, a_second_stage, agree, go_on

# What those see who have a part in it; everybody else is refused alike in both stages.
PAGES = ("/panel", "/panel/briefing", "/panel/interests/declared", "/panel/begin", "/decision")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def second(app: Flask, session: Session, clock: FixedClock) -> SecondStage:
    """Give a challenge whose second stage is heard; its panel is that of the first."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    a_second_stage(journey, places=2)
    journey.to(Step.LOCKED)
    go_on(journey)
    found = SecondStage(journey)
    found.hear()
    return found


def test_page_of_a_later_stage_asks_for_the_rights_of_the_first(app: Flask) -> None:
    """Both addresses lead to one view, so no page of a stage has rights of its own."""
    staged = [rule for rule in app.url_map.iter_rules() if "<int:stage>/" in rule.rule]
    panels = [rule for rule in staged if "/panel" in rule.rule or "/decision" in rule.rule]
    assert len(panels) > 40
    for rule in panels:
        short = rule.rule.replace("/stages/<int:stage>", "")
        first = [each for each in app.url_map.iter_rules(rule.endpoint) if each.rule == short]
        assert [each.methods for each in first] == [rule.methods], rule.rule
        with app.app_context():
            assert access_class(rule.endpoint), rule.rule


def test_pages_of_the_second_stage_are_for_those_of_the_first(
    second: SecondStage, client: FlaskClient
) -> None:
    cast, base = second.journey.cast, f"/work/challenges/{second.journey.reference}"
    later = f"{base}/stages/2"
    sign_in(client, cast.chair)
    shown = client.get(f"{later}/panel")
    assert shown.status_code == 200
    # Addresses on a page stay at its stage.
    assert f"{later}/panel/begin" in shown.text
    assert f'href="{base}/panel/begin"' not in shown.text
    assert "stage 2" in shown.text
    assert client.get(f"{later}/decision").status_code == 409
    first = client.get(f"{base}/stages/1/panel")
    assert (first.status_code, first.location) == (308, f"http://localhost{base}/panel")
    for wrong in ("0", "3", "99", "9" * 400, "two"):
        for page in ("/panel", "/decision", "/decision/advance"):
            assert client.get(f"{base}/stages/{wrong}{page}").status_code == 404, (wrong, page)
    # The last stage that is judged leads nowhere.
    assert client.get(f"{later}/decision/advance").status_code in (404, 409)
    for person, status in (
        (cast.other_officer, 404),
        (cast.supplier_admin, 403),
        (cast.facilitator, 403),
    ):
        sign_in(client, person)
        for page in PAGES:
            answers = {client.get(f"{where}{page}").status_code for where in (base, later)}
            assert len(answers) == 1, (person.name, page)
            assert answers <= {status, 403, 404}, (person.name, page)


def test_chair_decides_a_tie_on_the_page_and_an_approver_confirms(
    app: Flask, session: Session, clock: FixedClock, client: FlaskClient
) -> None:
    journey = a_journey(session, clock, a_cast(session, NOW), price_model=PriceModel.FIXED_BUDGET)
    a_second_stage(journey, places=1)
    journey.challenge.stage.tie_break = ""
    session.commit()
    agree(journey.to(Step.SCORED), dict.fromkeys(QUESTIONS, (Decimal(3), Decimal(3))))
    chair = journey.actor(journey.cast.chair)
    award.conclude_scoring(journey.reference, actor=chair, clock=clock)
    base = f"/work/challenges/{journey.reference}/decision/advance"
    app.config["WTF_CSRF_ENABLED"] = False

    sign_in(client, journey.cast.chair)
    assert "Decide the tie" in client.get(base).text
    assert client.get(f"{base}/propose").status_code == 409
    empty = client.post(f"{base}/tie")
    assert empty.status_code == 422
    assert "Choose which of these bids go on" in empty.text
    both = client.post(
        f"{base}/tie", data={"chosen": [journey.own_bid, journey.rival_bid], "reason": "Both."}
    )
    assert both.status_code == 422
    assert "Choose one bid: there is one place left" in both.text
    assert "Both." in both.text
    decided = {"chosen": [journey.rival_bid], "reason": "It was tested with more people."}
    assert client.post(f"{base}/tie", data=decided).status_code == 303
    shown = client.get(base).text
    assert f"Goes on: {journey.cast.rival.name} ({journey.rival_bid})" in shown
    assert client.post(f"{base}/propose", data={"reason": "It reaches more."}).status_code == 303
    assert client.get(f"{base}/confirm").status_code == 403

    sign_in(client, journey.cast.approver)
    form = client.get(f"{base}/confirm").text
    (advance_id,) = re.findall(r'name="advance"[^>]*value="([^"]+)"', form)
    answer = {"advance": advance_id, "answer": "confirm", "reason": "Clear."}
    # Two tabs: the second one is told, and nothing happens twice.
    assert client.post(f"{base}/confirm", data=answer).status_code == 303
    assert client.post(f"{base}/confirm", data=answer).status_code == 409
    assert "are invited to" in client.get(base).text
