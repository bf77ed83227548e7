"""Reminders to members of a panel, once a day each, and the days by which steps are due."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from scoring.panel.reminding import queries, service
from scoring.panel.reminding.lifecycle import Step
from tests.integration.panel.conftest import Scene, enter


@pytest.fixture
def declaring(scene: Scene) -> Scene:
    """Give a panel of whom Eva has done all she can, and Evan has read the briefing."""
    scene.name()
    scene.brief("cher", "eva", "evan")
    for who in ("cher", "eva"):
        scene.declare(who)
    return scene


def remind(scene: Scene, label: str = "", by: str = "cher") -> list[str]:
    return service.remind(
        scene.reference, label=label, actor=scene.actor(by), clock=scene.clock, link="/panel"
    )


def letters(session: Session) -> dict[str, str]:
    """Give the last reminder to each address."""
    rows = session.execute(
        select(Notice.to_email, Notice.text)
        .where(Notice.subject.startswith("The panel waits for you"))
        .order_by(Notice.created_at)
    )
    return dict(rows.tuples().all())


def test_remind_everybody_writes_to_those_who_have_something_to_do(
    declaring: Scene, session: Session
) -> None:
    assert set(remind(declaring)) == {"Evan Evaluator", "Evie Evaluator"}
    sent = letters(session)
    assert set(sent) == {declaring.users[who].email for who in ("evan", "evie")}
    assert "Accept the briefing" not in sent[declaring.users["evan"].email]
    assert "- Accept the briefing\n- Declare interests" in sent[declaring.users["evie"].email]
    entry = chain_entries(session, declaring.reference)[-1]
    labels = {declaring.label("evan"), declaring.label("evie")}
    assert entry.action == "panel.reminded"
    assert set(entry.fields["labels"].split(", ")) == labels


def test_remind_again_waits_for_the_next_day(declaring: Scene) -> None:
    remind(declaring, declaring.label("evie"))
    with pytest.raises(WrongMoment, match="sent today already"):
        remind(declaring, declaring.label("evie"), by="lena")
    assert remind(declaring) == ["Evan Evaluator"]
    with pytest.raises(WrongMoment, match="sent today already"):
        remind(declaring)
    declaring.clock.instant += timedelta(days=1)
    assert len(remind(declaring)) == 2


def test_remind_one_who_has_done_everything_says_so(declaring: Scene) -> None:
    with pytest.raises(WrongMoment, match="nothing left to do"):
        remind(declaring, declaring.label("eva"))
    with pytest.raises(NotFound):
        remind(declaring, "E99")


def test_remind_leaves_out_who_presses_the_button(scene: Scene) -> None:
    scene.name()
    assert "Cher Chair" not in remind(scene)
    with pytest.raises(WrongMoment, match="no reminder of your own"):
        remind(scene, scene.label("cher"))
    assert remind(scene, by="lena") == ["Cher Chair"]


def test_remind_by_a_member_who_does_not_chair_is_forbidden(declaring: Scene) -> None:
    for who in ("eva", "carl"):
        with pytest.raises(Forbidden):
            remind(declaring, by=who)


def test_due_days_are_kept_changed_and_taken_away(declaring: Scene, session: Session) -> None:
    today = declaring.clock.now().date()

    def set_due(**days: date) -> dict[Step, date]:
        wanted = {step: days.get(step.value) for step in Step}
        service.set_due(
            declaring.reference, wanted, actor=declaring.actor("cher"), clock=declaring.clock
        )
        session.expire_all()
        return queries.due_days(session, declaring.challenge.stage.id)

    later = today + timedelta(days=7)
    assert set_due(briefing=today, scores=later) == {Step.BRIEFING: today, Step.SCORES: later}
    assert set_due(scores=today) == {Step.SCORES: today}
    with pytest.raises(Invalid) as refused:
        set_due(scores=today - timedelta(days=1))
    assert list(refused.value.fields) == ["due_scores"]
    assert [e.action for e in chain_entries(session, declaring.reference)].count(
        "panel.due_set"
    ) == 2


def test_pages_let_the_chair_set_days_and_remind(
    declaring: Scene, session: Session, app: Flask
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client, panel = app.test_client(), f"/work/challenges/{declaring.reference}/panel"
    enter(client, declaring.users["cher"])
    wrong = client.post(f"{panel}/due", data={"due_interests": ["31", "2", "2027"]})
    assert wrong.status_code == 422
    assert "Enter a real date" in wrong.text
    tomorrow = declaring.clock.now().date() + timedelta(days=1)
    days = [str(tomorrow.day), str(tomorrow.month), str(tomorrow.year)]
    assert client.post(f"{panel}/due", data={"due_interests": days}).status_code == 303
    shown = client.get(f"{panel}/progress").text
    assert f"{panel}/members/{declaring.label('evan')}/remind" in shown
    assert f"{panel}/members/{declaring.label('eva')}/remind" not in shown
    assert client.post(f"{panel}/members/{declaring.label('evan')}/remind").status_code == 303
    assert client.post(f"{panel}/remind").status_code == 303
    assert "by " in letters(session)[declaring.users["evan"].email]
    declaring.clock.instant += timedelta(days=2)
    enter(client, declaring.users["cher"])
    late = client.get(f"{panel}/progress").text
    assert "Overdue" in late
    enter(client, declaring.users["evan"])
    assert "asks you to do this by" in client.get(panel).text
    assert client.get(f"{panel}/due").status_code == 403
