"""The demonstration as loaded: whole, lawful, and checkable like any real record."""

import hashlib
import itertools
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import DateTime, func, select
from sqlalchemy.orm import Session

from bids.drafts import content_of
from bids.elsewhere.queries import check_of, waiting_of
from bids.envelopes import own_document
from bids.lifecycle import BidState
from bids.models import Bid, EligibilityDeclaration, OpenedSubmission, Opening, Submission
from bids.opened import opened_bids
from bids.queries import find_opened_bid, latest_submission, opening_status
from bids.service.opening import OPEN
from challenges.closing_models import DeadlineChange, OpeningOfficer
from challenges.lifecycle import PUBLIC_STATES, State
from challenges.listing import Filters, Listed, challenge_page
from challenges.models import Challenge, Stage
from challenges.stages.kinds import Source
from challenges.stages.standing import state_of
from marketplace.cli import main
from marketplace.config import Mode
from marketplace.core import jobs
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.accounts.queries import demonstration_people
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock, SystemClock
from marketplace.core.database import Base, db
from marketplace.core.errors import WrongMoment
from marketplace.core.notices import post
from marketplace.core.notices.models import Notice
from marketplace.core.transaction import transaction
from marketplace.core.vault import officers
from marketplace.core.vault.models import OfficerKey
from marketplace.demonstration.content import load as read_content
from marketplace.demonstration.elsewhere import NOTICES
from marketplace.demonstration.load import load
from marketplace.demonstration.log_words import BEGUN
from marketplace.demonstration.people import everybody
from marketplace.demonstration.working import CAME_TO
from scoring import engine
from scoring.award.contracts.changing import ChangeKind
from scoring.award.contracts.models import ContractChange
from scoring.award.delivery import log_words
from scoring.award.models import Contract, Intention, Result
from scoring.panel.models import ConflictDecision, ConflictDeclaration, Measure, Score
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases
from tests.demonstrations import LEFT_BEHIND, Loaded, loaded_demonstration
from tests.integration.challenges.browser import Browser

__all__ = ["loaded_demonstration"]

CONTENT = read_content()
# What is set for later on purpose; everything else has happened.
SET_FOR_LATER = {
    *("closes_at", "questions_until", "expires_at", "ends_at", "standstill_ends_at", "answer_by"),
}


@pytest.fixture(scope="module")
def demonstration(
    databases: Databases, loaded_demonstration: Loaded, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """Give the site of the demonstration, which no test of this file changes."""
    url = databases.make(loaded_demonstration.database, tmp_path_factory.mktemp("demonstration"))
    with running(loaded_demonstration.data, url) as app:
        yield app


@pytest.fixture
def own_demonstration(
    databases: Databases, loaded_demonstration: Loaded, tmp_path: Path
) -> Iterator[Flask]:
    """Give a site of the demonstration that this test may change."""
    data = shutil.copytree(loaded_demonstration.data, tmp_path / "data")
    with (
        databases.lend(loaded_demonstration.database, tmp_path) as url,
        running(data, url) as app,
    ):
        yield app


@contextmanager
def running(data: Path, url: str) -> Iterator[Flask]:
    """Give the application, within its context."""
    app = make_app(make_settings(data, url, mode=Mode.DEMONSTRATION), FixedClock(NOW))
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(demonstration: Flask) -> Session:
    """Give the application's session, reading afresh."""
    session: Session = db.session()
    session.rollback()
    return session


def listed(session: Session) -> list[Listed]:
    """Give the whole public list, page by page."""
    page = challenge_page(session, Filters(), now=NOW)
    rows = list(page.rows)
    while page.after is not None:
        page = challenge_page(session, Filters(), now=NOW, after=page.after)
        rows.extend(page.rows)
    return rows


def test_load_after_one_that_broke_off_starts_again(session: Session) -> None:
    assert session.scalar(select(User).where(User.email == LEFT_BEHIND)) is None
    assert session.scalar(select(func.count()).where(LogEntry.action == BEGUN)) == 1


def test_load_second_time_changes_nothing(session: Session) -> None:
    before = [
        session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.tables.values()
    ]
    said = load(FixedClock(NOW))
    after = [
        session.scalar(select(func.count()).select_from(t)) for t in Base.metadata.tables.values()
    ]
    assert "already" in said
    assert after == before


def test_public_list_shows_at_least_24_challenges_in_every_public_state(session: Session) -> None:
    rows = listed(session)
    assert len(rows) >= 24
    assert {row.state(NOW) for row in rows} == PUBLIC_STATES


def test_unpublished_challenges_wait_in_every_state_before_publication(session: Session) -> None:
    stored = set(session.scalars(select(Challenge.state)))
    assert stored >= {State.DRAFT, State.IN_REVIEW, State.READY}


def test_every_challenge_of_the_content_is_in_the_state_it_is_meant_for(session: Session) -> None:
    meant = {"closing_soon": "open", "closed": "open"}
    meant |= dict.fromkeys(("moderation", "next_stage"), "evaluating")
    stored = dict(session.execute(select(Challenge.reference, Challenge.state)).tuples().all())
    assert stored == {
        # The work under some contracts is told of too.
        item.reference: CAME_TO.get(item.key, State(meant.get(item.state, item.state)))
        for item in CONTENT.challenges
    }


def test_one_click_people_are_offered_in_order_with_what_they_see_first(session: Session) -> None:
    offered = [(person.name, person.title, person.about) for person in demonstration_people()]
    assert offered == [
        (person.name, person.demo_role, person.demo_description)
        for person in everybody(CONTENT)
        if person.demo_role
    ]


def test_one_click_people_can_sign_in_and_see_their_work(demonstration: Flask) -> None:
    for person in demonstration_people():
        client = demonstration.test_client()
        # A context of its own for each request, as on a server: the test's would be shared by all.
        with demonstration.app_context():
            answer = client.post("/demo", data={"person": str(person.id)})
        with demonstration.app_context():
            page = client.get("/work")
        assert (answer.status_code, page.status_code) == (303, 200), person.name
        assert person.name in page.text


def test_one_click_people_have_no_password(session: Session) -> None:
    assert session.scalar(select(func.count()).where(User.password.is_not(None))) == 0


def test_log_counts_without_gaps_and_its_instants_never_go_back(session: Session) -> None:
    entries = session.scalars(select(LogEntry).order_by(LogEntry.n)).all()
    assert [entry.n for entry in entries] == list(range(len(entries)))
    assert all(a.at <= b.at for a, b in itertools.pairwise(entries))
    chains: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        chains[entry.chain].append(entry.cn)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in chains.values())
    assert set(chains) == {"site", *(item.reference for item in CONTENT.challenges)}


def test_nothing_has_happened_in_the_future(session: Session) -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, DateTime) or column.type.python_type is datetime:
                latest = session.scalar(select(func.max(column)))
                if latest is not None and column.name not in SET_FOR_LATER:
                    assert latest <= NOW, f"{table.name}.{column.name}"


def test_challenge_of_each_step_bears_the_instants_at_which_its_steps_happened(
    session: Session,
) -> None:
    published = session.execute(
        select(LogEntry.at, Challenge.published_at)
        .join(Challenge, Challenge.reference == LogEntry.chain)
        .where(LogEntry.action == "challenge.published")
    ).all()
    announced = session.execute(
        select(LogEntry.at, Intention.announced_at)
        .join(Challenge, Challenge.reference == LogEntry.chain)
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(Intention, Intention.stage_id == Stage.id)
        .where(LogEntry.action == "intention.announced")
    ).all()
    assert published
    assert announced
    assert all(recorded == told for recorded, told in published)
    # A decision that was taken again was announced twice: each announcement has its entry.
    entries = {recorded for recorded, _told in announced}
    assert entries == {told for _recorded, told in announced}


def test_every_submission_came_before_closing(session: Session) -> None:
    rows = session.execute(
        select(Submission.recorded_at, Stage.closes_at)
        .join(Bid, Bid.id == Submission.bid_id)
        .join(Stage, Stage.id == Bid.stage_id)
    ).all()
    told = [
        bid
        for group in CONTENT.bid_sets
        for bid in group.bids
        if bid.state == "submitted" and group.challenge not in NOTICES
    ]
    assert len(rows) == len(told) + sum(bid.earlier is not None for bid in told)
    assert all(closes is not None and recorded < closes for recorded, closes in rows)


def test_bids_stand_as_draft_submitted_valid_and_ineligible(session: Session) -> None:
    states = set(session.scalars(select(Bid.state)))
    assert states >= {BidState.DRAFT, BidState.SUBMITTED, BidState.VALID, BidState.INELIGIBLE}


def test_every_supplier_has_declared_its_eligibility(session: Session) -> None:
    declared = session.scalar(select(func.count(func.distinct(EligibilityDeclaration.supplier_id))))
    assert declared == len(CONTENT.suppliers)


def test_one_supplier_waits_to_be_verified(session: Session) -> None:
    waiting = session.scalars(select(Organisation.name).where(Organisation.verified_at.is_(None)))
    assert list(waiting) == [item.name for item in CONTENT.suppliers if not item.verified]


def test_every_result_is_what_the_engine_makes_of_its_document_again(session: Session) -> None:
    rows = session.scalars(select(Result)).all()
    assert len(rows) >= 7
    for row in rows:
        assert engine.render(engine.evaluate(row.evaluation)) == row.result
        assert hashlib.sha256(row.evaluation).hexdigest() == row.evaluation_sha256


def test_score_command_gives_the_stored_result_of_a_signed_contract(
    session: Session, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    row = session.scalars(
        select(Result)
        .join(Contract, Contract.stage_id == Result.stage_id)
        .order_by(Contract.signed_at)
    ).first()
    assert row is not None
    file = tmp_path / "evaluation.json"
    file.write_bytes(row.evaluation)
    assert main(["score", str(file)]) == 0
    printed = json.loads(capfdbinary.readouterr().out)
    assert printed == json.loads(row.result)


def test_contracts_were_signed_after_standstill_and_one_standstill_still_runs(
    session: Session,
) -> None:
    signed = session.execute(
        select(Contract.signed_at, Intention.standstill_ends_at).join(
            Intention,
            (Intention.recommendation_id == Contract.recommendation_id)
            & (Intention.bid_id == Contract.bid_id),
        )
    ).all()
    assert len(signed) >= 5
    assert all(at >= ends for at, ends in signed)
    latest = session.scalar(select(func.max(Intention.standstill_ends_at)))
    assert latest is not None
    assert latest > NOW


def test_contracts_are_changed_each_for_its_own_reason_and_only_while_their_work_is_to_do(
    session: Session,
) -> None:
    changes = session.execute(
        select(ContractChange, Contract, Challenge.state)
        .join(Contract, Contract.id == ContractChange.contract_id)
        .join(Stage, Stage.id == Contract.stage_id)
        .join(Challenge, Challenge.id == Stage.challenge_id)
    ).tuples()
    reasons = []
    for change, contract, state in changes:
        reasons.append(change.why)
        assert state in {State.SIGNED, State.DELIVERING}
        assert contract.starts_on is not None
        if change.kind is ChangeKind.EXTENSION:
            assert change.described_at.date() > contract.starts_on + timedelta(weeks=4)
    assert len(set(reasons)) == len(reasons) == 3


def test_work_begins_on_the_first_day_of_its_contract(session: Session) -> None:
    begun = session.execute(
        select(LogEntry.at, func.min(Contract.starts_on))
        .join(Challenge, Challenge.reference == LogEntry.chain)
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(Contract, Contract.stage_id == Stage.id)
        .where(LogEntry.action == log_words.BEGUN)
        .group_by(LogEntry.n, LogEntry.at)
    ).all()
    assert len(begun) == len(CAME_TO)
    # A first day that is a holiday gives way to the working day after it.
    assert all(
        first and timedelta() <= at.date() - first <= timedelta(days=4) for at, first in begun
    )


def test_member_who_stood_aside_gave_no_score_and_three_others_did(session: Session) -> None:
    declaration = session.scalars(
        select(ConflictDeclaration)
        .join(ConflictDecision, ConflictDecision.declaration_id == ConflictDeclaration.id)
        .where(ConflictDecision.measure == Measure.RECUSE)
    ).one()
    members = set(
        session.scalars(select(Score.member_id).where(Score.bid_id.in_(declaration.party.bid_ids)))
    )
    assert declaration.member_id not in members
    assert len(members) == 3


def reference_of(key: str) -> str:
    return next(item.reference for item in CONTENT.challenges if item.key == key)


def challenge_of(session: Session, key: str) -> Challenge:
    return session.scalars(select(Challenge).where(Challenge.reference == reference_of(key))).one()


def test_every_published_challenge_names_three_officers_who_know_the_passphrase_shown(
    demonstration: Flask, session: Session
) -> None:
    passphrase = demonstration.extensions["settings"].demonstration_passphrase
    rows = session.execute(
        select(Challenge.reference, Challenge.published_at, OfficerKey)
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(OpeningOfficer, OpeningOfficer.stage_id == Stage.id)
        .join(OfficerKey, OfficerKey.user_id == OpeningOfficer.officer_id)
    ).all()
    named = Counter(reference for reference, _at, _key in rows)
    published = session.scalars(
        select(Challenge.reference).where(
            Challenge.published_at.is_not(None), Challenge.bids_elsewhere.is_(False)
        )
    ).all()
    assert set(named) == set(published)
    assert min(named.values()) >= 3
    assert all(at is not None and key.made_at < at for _reference, at, key in rows)
    for key in {key.id: key for _reference, _at, key in rows}.values():
        assert officers.unlock(key, passphrase).verifier


def test_bids_from_elsewhere_wait_for_a_second_officer_to_bring_them_in(session: Session) -> None:
    (key,) = NOTICES
    challenge = challenge_of(session, key)
    waiting = waiting_of(session, challenge.stage.id)
    assert waiting is not None
    found = check_of(session, challenge, waiting, SystemClock())
    assert found.sound
    assert len(found.bids) == 3


def test_suppliers_of_one_challenge_went_on_and_are_heard_in_its_second_stage(
    session: Session,
) -> None:
    challenge = challenge_of(session, "tree-seed")
    first, second = challenge.stages[:2]
    assert [state_of(challenge, each, NOW) for each in (first, second)] == [
        State.ADVANCED,
        State.OPENED,
    ]
    heard = opened_bids(session, second.id)
    assert len(heard) > 1
    assert {bid.received for bid in heard} == {Source.HEARD}


def test_closed_challenge_waits_for_its_second_officer(session: Session) -> None:
    challenge = challenge_of(session, "scotaccount")
    standing = opening_status(session, challenge.stage)
    assert [officer.name for officer in standing.confirmed] == ["Isla Sample"]
    assert [officer.rehearsed_at is not None for officer in standing.confirmed] == [True]
    assert (standing.count, standing.read, standing.opened) == (3, 0, False)


def test_opened_bids_have_no_flaw_and_two_signed_statements_each(session: Session) -> None:
    opened = session.scalars(select(Opening)).all()
    assert len(opened) == sum(item.opened_days_ago is not None for item in CONTENT.challenges)
    assert session.scalar(select(func.count()).where(OpenedSubmission.flaw.is_not(None))) == 0
    waiting = select(func.count()).where(jobs.Job.kind == OPEN, jobs.Job.done_at.is_(None))
    assert session.scalar(waiting) == 0


def test_bid_that_was_replaced_was_opened_in_its_later_version(session: Session) -> None:
    bid = session.scalars(
        select(Bid).join(Submission, Submission.bid_id == Bid.id).where(Submission.version == 2)
    ).one()
    told = CONTENT.bids_on("road-condition")
    assert told is not None
    meant = next(item for item in told.bids if item.earlier is not None)
    opened = find_opened_bid(session, bid.stage_id, bid.reference)
    assert (bid.challenge.reference, bid.current_version) == (reference_of("road-condition"), 2)
    assert opened is not None
    assert opened.price_minor == (meant.price_pounds or 0) * 100
    assert opened.answers == meant.answers


def test_bid_that_is_being_changed_keeps_what_was_submitted(session: Session) -> None:
    challenge = challenge_of(session, "finding-deer")
    changed = []
    for bid in session.scalars(select(Bid).where(Bid.challenge_id == challenge.id)):
        submitted = latest_submission(session, bid)
        if submitted is None or bid.draft_key_id is None:
            continue
        was = own_document(session, bid, submitted).content.answers
        now = content_of(session, bid).answers
        if keys := {key for key in was if was[key] != now[key]}:
            changed.append((keys, bid.state, bid.current_version))
    # Others of this challenge stand as they were submitted, or are drafts.
    assert changed == [({"commitment"}, BidState.SUBMITTED, 1)]


def test_closing_time_was_moved_by_two_officers_and_another_move_waits(session: Session) -> None:
    moved = {
        challenge.reference: (change.outcome, change.proposed_by.name, challenge.stage.closes_at)
        for change, challenge in session.execute(
            select(DeadlineChange, Challenge)
            .join(Stage, Stage.id == DeadlineChange.stage_id)
            .join(Challenge, Challenge.id == Stage.challenge_id)
        ).tuples()
    }
    done, waits = moved[reference_of("town-centres")], moved[reference_of("gaelic-data")]
    assert (done[:2], waits[:2]) == (("confirmed", "Isla Sample"), (None, "Rhona Madeup"))
    assert len(moved) == 2


def test_visitor_as_second_officer_opens_the_waiting_bids_with_the_passphrase_shown(
    own_demonstration: Flask,
) -> None:
    own_demonstration.test_client_class = Browser
    client = own_demonstration.test_client()
    doors = client.get("/demo").text
    passphrase = own_demonstration.extensions["settings"].demonstration_passphrase
    assert passphrase in doors
    officer = next(p for p in demonstration_people() if p.name == "Fergus Specimen")
    client.post("/demo", data={"person": str(officer.id)})
    at = f"/work/challenges/{reference_of('scotaccount')}"
    assert passphrase in client.get(f"{at}/opening").text
    assert client.get(f"{at}/bids").status_code == 409

    client.post(f"{at}/opening", data={"passphrase": passphrase})
    jobs.run_due(FixedClock(NOW))

    page = client.get(f"{at}/bids")
    told = CONTENT.bids_on("scotaccount")
    assert told is not None
    names = {item.key: item.name for item in CONTENT.suppliers}
    assert all(escape(names[bid.supplier]) in page.text for bid in told.bids)


def test_messages_count_as_sent_when_they_were_written(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(Notice)) != 0
    unsent = select(func.count()).where(Notice.sent_at.is_distinct_from(Notice.created_at))
    assert session.scalar(unsent) == 0
    waiting = select(func.count()).where(jobs.Job.kind == post.SEND, jobs.Job.done_at.is_(None))
    assert session.scalar(waiting) == 0


def test_load_outside_demonstration_mode_is_refused(app: Flask) -> None:
    with pytest.raises(WrongMoment):
        load(FixedClock(NOW), fresh=True)


def test_load_fresh_over_something_else_leaves_it_alone(database_url: str, tmp_path: Path) -> None:
    app = make_app(make_settings(tmp_path, database_url, mode=Mode.DEMONSTRATION))
    with app.app_context():
        with transaction() as session:
            session.add(User(email="a@b.example", name="A", created_at=NOW, fs_uniquifier="a"))
        with pytest.raises(WrongMoment, match="something other"):
            load(FixedClock(NOW), fresh=True)
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
        db.session.remove()
        db.engine.dispose()
