"""Stages, templates and packs: written through pages, told to bidders, frozen at publication."""

import json
import re
import threading
import uuid
from contextvars import Context
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges import log_checks, queries, service
from challenges.kinds import LegalRoute, PriceModel, Rounded
from challenges.lifecycle import State
from challenges.models import Challenge, EvaluationPlan
from challenges.notices.kinds import NoticeKind
from challenges.notices.rules import Noticed
from challenges.notices.service import record_notice
from challenges.sections import Money
from challenges.service.criteria import Move, arrange, read_weights
from challenges.service.method import choose_method, read_method
from challenges.stages import library
from challenges.stages import service as stages
from challenges.stages.kinds import StageKind
from challenges.stages.models import SavedTemplate
from challenges.stages.shapes import Asked, Planned, template_of
from challenges.stages.sharing import Share
from challenges.stages.terms import read_step, total_cost
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_body, a_challenge, a_person, actor_for
from tests.integration.challenges.browser import hidden_fields, send


def at(challenge: Challenge, *rest: object) -> str:
    return "/".join([f"/work/challenges/{challenge.reference}/write/stages", *map(str, rest)])


def names(session: Session, challenge: Challenge) -> list[str]:
    session.expire_all()
    return [f"{stage.ordinal} {stage.name}" for stage in challenge.stages]


@pytest.fixture
def staged(draft: Challenge, lead: User, clock: FixedClock, session: Session) -> Challenge:
    """Give a draft that has taken over the staged template."""
    stages.apply_template(draft.reference, "staged", actor=actor_for(lead), clock=clock)
    session.expire_all()
    return draft


def test_challenge_begun_with_a_template_has_its_stages_and_criteria(
    client: FlaskClient, session: Session, lead: User
) -> None:
    sign_in(client, lead)

    begun = send(
        client, "/work/challenges/new", {"title": "How can we see better?", "template": "staged"}
    )

    assert begun.status_code == 303
    reference = re.search(r"CH-\w{6}", begun.location)
    assert reference is not None
    challenge = queries.own_challenge(session, reference[0], actor_for(lead), whole=True)
    taken = template_of(challenge, "Staged challenge")
    wanted = library.templates()["staged"]
    assert [replace(stage, price=None) for stage in taken.stages] == [
        replace(stage, criteria=tuple(_as_kept(stage))) for stage in wanted.stages
    ]
    assert taken.later == wanted.later
    page = client.get(at(challenge)).text
    assert "A fixed fee of £5,000 for each, plus VAT" in page
    assert "£695,000, without VAT" in page


def _as_kept(stage: Planned) -> list[Asked]:
    return [replace(asked, max_score=asked.content().max_score) for asked in stage.criteria]


def test_unknown_template_is_refused_and_the_question_kept(client: FlaskClient, lead: User) -> None:
    sign_in(client, lead)

    answer = send(
        client,
        "/work/challenges/new",
        {"title": "How can we see better?", "template": str(uuid.uuid4())},
    )

    assert answer.status_code == 422
    assert "How can we see better?" in answer.text


def test_stage_is_added_changed_moved_and_deleted_on_pages(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    assert "Choose what happens" in send(client, at(draft, "new"), {}).text
    added = send(client, at(draft, "new"), {"kind": "exploration"})
    assert added.status_code == 303
    second = send(client, at(draft, "new"), {"kind": "delivery"})
    assert second.status_code == 303

    changed = send(
        client,
        added.location,
        {
            "name": "Look around",
            "suppliers": "3",
            "lasts": "3",
            "lasts_in": "weeks",
            "payment": "fixed",
            "amount_minor": "£5,000",
            "vat_on_top": "yes",
            "property": "supplier",
            "prizes": "Best question: 1,250.50\n\nSecond: £100",
        },
    )

    assert changed.status_code == 303
    assert names(session, draft) == ["1 Application", "2 Look around", "3 Delivery"]
    step = read_step(draft.stages[1])
    assert (step.amount_minor, step.lasts, step.lasts_in) == (5_000_00, 3, "weeks")
    assert step.prizes == (("Best question", 1_250_50), ("Second", 100_00))
    page = client.get(at(draft)).text
    assert "Up to 3 suppliers" in page
    assert "£16,350.50, without VAT" in page
    # The last form of the page moves the last stage.
    assert send(client, at(draft), {"direction": "up"}).status_code == 303
    assert names(session, draft) == ["1 Application", "2 Delivery", "3 Look around"]
    assert send(client, f"{added.location}/delete", {}).status_code == 303
    assert names(session, draft) == ["1 Application", "2 Delivery"]


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Enter a name for this stage"),
        ("suppliers", "three", "Enter a whole number"),
        ("amount_minor", "5 thousand", "Enter an amount in pounds"),
        ("lasts_in", "", "Choose minutes, days, weeks or months"),
        ("prizes", "First: lots", "a colon and an amount"),
        ("description", "x" * 5_001, "5,000 characters"),
    ],
)
def test_stage_with_a_fault_shows_it_with_what_was_typed(
    client: FlaskClient, draft: Challenge, lead: User, field: str, typed: str, said: str
) -> None:
    sign_in(client, lead)
    whole = {"name": "🙂 <script>", "lasts": "3", "lasts_in": "weeks", "payment": "cap"}

    answer = send(client, at(draft, draft.stage.id), {**whole, field: typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert f'href="#{field}"' in answer.text
    assert '<script>"' not in answer.text
    assert typed in answer.text


def test_changing_a_stage_in_two_tabs_gives_the_second_both_texts(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = at(draft, draft.stage.id)
    loaded = hidden_fields(client.get(path).text)
    typed = {**loaded, "name": "Bid", "payment": "none", "property": "supplier"}
    assert client.post(path, data={**typed, "description": "First."}).status_code == 303

    second = client.post(path, data={**typed, "description": "Second."})

    assert second.status_code == 409
    assert "First." in second.text
    again = {**typed, **hidden_fields(second.text), "description": "Second."}
    assert client.post(path, data=again).status_code == 303
    session.expire_all()
    assert draft.stage.description == "Second."


def test_first_stage_neither_moves_nor_goes(
    client: FlaskClient, session: Session, staged: Challenge, lead: User, clock: FixedClock
) -> None:
    actor, first = actor_for(lead), staged.stage.id
    sign_in(client, lead)

    with pytest.raises(WrongMoment, match="first stage"):
        stages.move_stage(staged.reference, first, Move.DOWN, actor=actor, clock=clock)
    assert "first stage" in send(client, at(staged, first, "delete"), {}).text
    before = names(session, staged)
    second, last = staged.stages[1].id, staged.stages[-1].id
    stages.move_stage(staged.reference, second, Move.UP, actor=actor, clock=clock)
    stages.move_stage(staged.reference, last, Move.DOWN, actor=actor, clock=clock)

    assert names(session, staged) == before


def test_database_refuses_a_first_stage_in_which_nothing_is_judged(
    session: Session, draft: Challenge
) -> None:
    draft.stage.kind = StageKind.DELIVERY

    with pytest.raises(sa.exc.IntegrityError, match="first_judged"):
        session.commit()


def test_stages_beyond_the_most_are_refused(
    draft: Challenge, lead: User, clock: FixedClock
) -> None:
    for _number in range(11):
        stages.add_stage(draft.reference, StageKind.DELIVERY, actor=actor_for(lead), clock=clock)

    with pytest.raises(Invalid, match="at most 12"):
        stages.add_stage(draft.reference, StageKind.DELIVERY, actor=actor_for(lead), clock=clock)


def test_later_purchase_counts_in_the_total_only_if_it_is_included(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    path = at(draft, "later")

    included = {"kind": "included", "value_minor": "1,000", "bodies": "All councils"}
    assert send(client, path, included).status_code == 303

    session.expire_all()
    assert total_cost(draft) == (6_000_00, True)
    assert send(client, path, {**included, "kind": "new_competition"}).status_code == 303
    session.expire_all()
    assert total_cost(draft) == (5_000_00, True)


def test_later_stage_has_criteria_of_its_own_with_the_stage_in_the_address(
    client: FlaskClient, session: Session, staged: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    interview = at(staged, staged.stages[1].id, "criteria")
    page = client.get(interview).text
    assert "stage 2: Interview" in page
    assert client.get(at(staged, staged.stages[2].id, "criteria")).status_code == 404

    added = {"title": "Voice", "weight": "10", "max_score": "1", "descriptors": "0: No\n1: Yes"}
    assert send(client, f"{interview}/new", {**added, "question": "?"}).location.endswith(interview)
    assert send(client, f"{interview}/team/delete", {}).status_code == 303
    weights = {f"weight-{c}": "10" for c in ("solves", "innovation", "commercial", "commitment")}
    shared = send(
        client,
        interview,
        {
            **weights,
            "weight-solves": "20",
            "weight-equality": "20",
            "weight-environment": "20",
            "weight-voice": "10",
            "action": "in_proportion",
        },
    )

    assert shared.status_code == 303
    session.expire_all()
    assert {c.key: c.weight for c in staged.stages[1].criteria} == {
        "solves": 20,
        "innovation": 10,
        "commercial": 10,
        "commitment": 10,
        "equality": 20,
        "environment": 20,
        "voice": 10,
    }
    assert [c.key for c in staged.stage.criteria][:2] == ["solves", "innovation"]


def test_stage_carries_what_an_earlier_one_gave_wherever_that_moves(
    client: FlaskClient, session: Session, staged: Challenge, lead: User, clock: FixedClock
) -> None:
    sign_in(client, lead)
    last = staged.stages[3].id
    page = client.get(at(staged, last, "carry")).text
    assert "The whole result of stage 2, “Interview”" in page
    assert "of stage 3" not in page
    refused = send(client, at(staged, last, "carry"), {"source": "4", "weight": "200"})
    assert refused.status_code == 422
    assert "Choose what is carried" in refused.text

    typed = {"source": "2:team", "weight": "20", "title": "  The team again "}
    added = send(client, at(staged, last, "carry"), typed)

    assert added.location.endswith(at(staged, last, "criteria"))
    assert "This is carried already" in send(client, at(staged, last, "carry"), typed).text
    listed = client.get(added.location).text
    assert "The team again" in listed
    assert "Carried from stage 2" in listed
    # Another stage comes before the one it is carried from, and it is carried from there still.
    actor = actor_for(lead)
    stages.move_stage(staged.reference, staged.stages[2].id, Move.UP, actor=actor, clock=clock)
    session.expire_all()
    [carried] = [c for c in staged.stages[3].criteria if c.carried_stage]
    assert (carried.carried_stage, carried.carried_key) == (3, "team")
    stages.delete_stage(staged.reference, staged.stages[2].id, actor=actor, clock=clock)
    session.expire_all()
    assert all(c.carried_stage is None for c in staged.stages[2].criteria)


def test_packs_add_what_is_not_there_and_the_weight_is_shared_evenly(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    money = Money(
        PriceModel.FIXED_BOUNDS,
        LegalRoute.OPEN,
        best_minor=1_00,
        worst_minor=2_00,
        price_weight=Decimal(30),
    )
    service.save(draft.reference, money, actor=actor_for(lead), clock=clock)
    sign_in(client, lead)
    path = f"/work/challenges/{draft.reference}/write/packs"
    assert "Choose at least one criterion" in send(client, path, {}).text
    assert send(client, path, {"keys": ["unheard-of"]}).status_code == 404

    answer = send(client, path, {"keys": ["solves", "cyber", "accessibility"]})

    assert answer.status_code == 303
    session.expire_all()
    assert [c.key for c in draft.stage.criteria] == [
        "solves",
        "team",
        "accessibility",
        "cyber",
        "price",
    ]
    # What was there already is as it was.
    assert draft.stage.criteria[0].weight == 60
    present = {f"weight-{c.key}": f"{c.weight:f}" for c in draft.stage.criteria}
    send(client, answer.location, {**present, "action": "evenly"})
    session.expire_all()
    assert [c.weight for c in draft.stage.criteria] == [18, 18, 17, 17, 30]


def test_template_says_what_it_replaces_and_only_replaces_what_was_seen(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    closes_at = draft.stage.closes_at
    sign_in(client, lead)
    path = at(draft, "templates", "two-stages")
    page = client.get(path).text
    assert "Application: 2 criteria (" in page
    loaded = hidden_fields(page)
    stages.add_stage(draft.reference, StageKind.DEMO_DAY, actor=actor_for(lead), clock=clock)

    stale = client.post(path, data=loaded)

    assert stale.status_code == 409
    assert "Demo day" in stale.text
    loaded = hidden_fields(stale.text)
    assert client.post(path, data=loaded).status_code == 303
    # The second press of the same button.
    assert client.post(path, data=loaded).status_code == 303
    assert names(session, draft) == ["1 Written bid", "2 Interview", "3 Contract"]
    assert draft.stage.closes_at == closes_at
    assert [c.key for c in draft.stage.criteria] == ["solves", "innovation", "commitment"]


def test_body_keeps_templates_that_no_other_body_sees(
    client: FlaskClient, session: Session, staged: Challenge, lead: User, clock: FixedClock
) -> None:
    sign_in(client, lead)
    path = at(staged, "save-template")
    assert "Enter a name" in send(client, path, {"name": " "}).text
    assert send(client, path, {"name": "Ours"}).status_code == 303
    assert "already" in send(client, path, {"name": "Ours"}).text
    kept = session.scalars(sa.select(SavedTemplate)).one()
    other = a_body(session, NOW, "Another Council")
    stranger = a_person(session, NOW, other, Role.CHALLENGE_LEAD)
    theirs = a_challenge(session, NOW, other, stranger)
    session.commit()
    here = f"/work/templates/{kept.id}"

    sign_in(client, stranger)
    assert "Ours" not in client.get("/work/templates").text
    assert "Ours" not in client.get("/work/challenges/new").text
    for address in (here, f"{here}/delete", at(theirs, "templates", kept.id), at(staged)):
        assert client.get(address).status_code == 404
    with pytest.raises(NotFound):
        stages.delete_template(kept.id, actor=actor_for(stranger))

    sign_in(client, lead)
    assert send(client, here, {"name": "Theirs no more"}).status_code == 303
    assert "Theirs no more" in client.get("/work/templates").text
    begun = stages.begin(
        actor=actor_for(lead), clock=clock, title="And now?", template=str(kept.id)
    )
    again = queries.own_challenge(session, begun, actor_for(lead), whole=True)
    assert template_of(again, "") == template_of(staged, "")
    assert send(client, f"{here}/delete", {}).status_code == 303
    assert session.scalars(sa.select(SavedTemplate)).all() == []


def test_stages_cannot_be_written_once_the_challenge_is_in_review(
    client: FlaskClient, session: Session, lead: User, clock: FixedClock
) -> None:
    challenge = a_challenge(session, NOW, lead.memberships[0].organisation, lead, State.IN_REVIEW)
    session.commit()
    sign_in(client, lead)

    assert client.get(at(challenge)).status_code == 409
    with pytest.raises(WrongMoment):
        stages.apply_template(challenge.reference, "prize", actor=actor_for(lead), clock=clock)


def test_publication_freezes_an_evaluation_for_each_judged_stage_and_terms_of_all(
    client: FlaskClient,
    session: Session,
    staged: Challenge,
    lead: User,
    officer: User,
    officers: list[User],
    clock: FixedClock,
) -> None:
    reference, actor = staged.reference, actor_for(lead)
    blind = replace(read_method(staged.stage), names_withheld=True)
    choose_method(reference, blind, actor=actor, clock=clock)
    interview = staged.stages[1].id
    stages.carry(reference, interview, "1", weight=Decimal(25), actor=actor, clock=clock)
    arrange(
        reference,
        read_weights(staged.stages[1]),
        share=Share.IN_PROPORTION,
        stage_id=interview,
        actor=actor,
        clock=clock,
    )
    money = Money(PriceModel.FIXED_BUDGET, LegalRoute.RESEARCH_AND_DEVELOPMENT, 695_000_00)
    service.save(reference, money, actor=actor, clock=clock)
    service.submit_for_review(reference, actor=actor, clock=clock)
    service.approve(reference, because="It says enough.", actor=actor_for(officer), clock=clock)
    notice = Noticed("NOV523456", NOW.date())
    record_notice(reference, NoticeKind.CONTRACT, notice, actor=actor_for(officer), clock=clock)
    service.publish(
        reference,
        openers_named=[each.id for each in officers],
        actor=actor_for(officer),
        clock=clock,
    )

    plan = json.loads(client.get(f"/challenges/{reference}/plan.json").data)
    assert [stage["stage"] for stage in plan["stages"]] == [1, 2, 4]
    assert [stage["names_withheld"] for stage in plan["stages"]] == [True, False, False]
    assert [s["evaluation"]["method"].get("advance") for s in plan["stages"]] == [6, 3, 1]
    carried = plan["stages"][1]["carried"]
    assert carried == {"written-application": {"stage": 1, "criterion": None}}
    assert [stage["kind"] for stage in plan["terms"]["stages"]] == [
        *("application", "interview", "exploration", "interview"),
        *("accelerator", "demo_day", "agreement"),
    ]
    frozen = session.scalars(sa.select(EvaluationPlan)).all()
    assert len(frozen) == 3
    page = client.get(f"/challenges/{reference}").text
    assert "How it runs" in page
    assert "Up to £650,000, plus VAT" in page
    assert "Then up to 3 go on" in page
    assert "does not see who bids" in page
    assert "The whole result of stage 1, “Written application”" in page
    assert "At most 6 bids move on" in page
    assert list(log_checks.check(session.connection())) == []

    session.execute(sa.text("UPDATE stage SET kind = 'delivery' WHERE ordinal = 2"))
    found = [finding.what for finding in log_checks.check(session.connection())]
    session.rollback()
    assert any("criteria and method" in what for what in found)


def test_stale_template_is_told_apart_by_what_it_replaces(
    staged: Challenge, lead: User, clock: FixedClock
) -> None:
    with pytest.raises(StaleEdit):
        stages.apply_template(
            staged.reference, "prize", actor=actor_for(lead), clock=clock, seen="long ago"
        )


def test_template_of_a_priced_stage_brings_its_whole_method_to_another(
    session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    mine, other = (
        a_challenge(session, NOW, body, lead, price_model=PriceModel.FIXED_BOUNDS) for _ in range(2)
    )
    session.commit()
    actor = actor_for(lead)
    method = replace(
        read_method(mine.stage),
        price_weight=Decimal(40),
        quality_threshold=Decimal(55),
        rounded=Rounded.POINTS,
        rounded_decimals=2,
        tie_break=("price",),
        below_mean=Decimal(30),
    )
    choose_method(mine.reference, method, actor=actor, clock=clock)
    kept = stages.save_template(mine.reference, "Priced", actor=actor, clock=clock)

    # Nothing new comes before the old is gone: a stage has one price at any time.
    stages.apply_template(other.reference, str(kept), actor=actor, clock=clock)

    session.expire_all()
    assert read_method(other.stage) == read_method(mine.stage)
    assert other.stage.criteria[-1].key == "price"
    stages.apply_template(other.reference, "prize", actor=actor, clock=clock)
    session.expire_all()
    assert "price" not in {criterion.key for criterion in other.stage.criteria}


@pytest.mark.parametrize(
    ("page", "typed", "shown"),
    [
        ("later", {"kind": "included", "note": "Ask us twice."}, "Ask us twice."),
        ("{stage}", {"name": "Written in vain"}, "Written in vain"),
        ("new", {"kind": "delivery"}, "Add a stage"),
        ("templates/prize", {}, "Replace"),
    ],
)
def test_what_was_typed_stays_when_the_draft_went_to_review_meanwhile(
    client: FlaskClient,
    session: Session,
    draft: Challenge,
    lead: User,
    page: str,
    typed: dict[str, str],
    shown: str,
) -> None:
    sign_in(client, lead)
    path = at(draft, page.format(stage=draft.stage.id))
    loaded = hidden_fields(client.get(path).text)
    draft.state = State.IN_REVIEW
    session.commit()

    answer = client.post(path, data={**loaded, **typed})

    assert answer.status_code == 409
    assert "while the challenge is in review" in answer.text
    assert shown in answer.text


def test_template_saved_twice_at_once_is_kept_once(
    app: Flask, session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    actor, reference = actor_for(lead), draft.reference
    start = threading.Barrier(2, timeout=10)
    outcomes: list[object] = []

    def save() -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes.append(stages.save_template(reference, "Ours", actor=actor, clock=clock))
            except Invalid as error:
                outcomes.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(save,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.rollback()
    assert {type(outcome) for outcome in outcomes} == {uuid.UUID, Invalid}
    assert len(session.scalars(sa.select(SavedTemplate)).all()) == 1
