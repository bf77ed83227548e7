"""A challenge's log as each reader is told it, and as a file that checks without this site."""

import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import service as bids
from marketplace.core.audit import chains, log, retention
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.clock import FixedClock
from marketplace.web import timeline
from tests.conftest import count_statements, sign_in
from tests.integration.web.readers import file_of, page, sign_checkpoint
from tests.journeys import Journey, Step

at = pytest.mark.parametrize


def shown(checked: chains.Checked) -> dict[str, set[str]]:
    """Give the names of the fields that a file shows, by action."""
    assert checked.chain is not None
    found: dict[str, set[str]] = {}
    for link in checked.chain.links:
        found.setdefault(json.loads(link.entry)["action"], set()).update(link.disclosed)
    return found


# What a reader is told after the decision; the second is in the values, not in the sentence.
SINGLE_BIDS, SCORES, STEPS, NAMES = (
    "was submitted (version",
    "submitted scores",
    "Two officers opened the bids (2)",
    "Cora Chair",
)
SEES: Mapping[str, tuple[int, set[str]]] = {
    "visitor": (302, set()),
    "lead": (200, {STEPS, NAMES}),
    "officer": (200, {STEPS, NAMES}),
    "chair": (200, {STEPS, NAMES}),
    "approver": (200, {STEPS, NAMES}),
    "auditor": (200, {STEPS, NAMES, SINGLE_BIDS, SCORES}),
    "supplier_admin": (403, set()),
    "other_officer": (404, set()),
    "other_auditor": (404, set()),
    "platform_admin": (403, set()),
}


@at("step", [Step.RECOMMENDED])
@at("who", SEES)
def test_timeline_tells_each_reader_what_is_theirs(
    journey: Journey, client: FlaskClient, who: str
) -> None:
    user = None if who == "visitor" else getattr(journey.cast, who)
    status, text = page(client, user, f"/work/challenges/{journey.reference}/log")

    wanted, seen = SEES[who]
    assert status == wanted
    assert {said for said in (SINGLE_BIDS, SCORES, STEPS, NAMES) if said in text} == seen


@at("step", [Step.RECOMMENDED])
@at("who", ["lead", "officer", "chair", "supplier_admin", "other_auditor", "platform_admin"])
def test_auditors_file_is_for_the_bodys_auditors_alone(
    journey: Journey, client: FlaskClient, clock: FixedClock, who: str
) -> None:
    sign_checkpoint(clock)
    path = f"/work/challenges/{journey.reference}/log.json"
    user = getattr(journey.cast, who)
    assert page(client, user, path)[0] == (404 if who == "other_auditor" else 403)


@at("step", [Step.RECOMMENDED])
def test_public_timeline_has_all_actions_and_nothing_withheld(
    journey: Journey, client: FlaskClient
) -> None:
    status, text = page(client, None, f"/challenges/{journey.reference}/log")

    assert status == 200
    for said in (SINGLE_BIDS, SCORES, STEPS, "The chair recommended bid [withheld]: [withheld]"):
        assert said in text
    for secret in ("Sam Supplier", "Cora Chair", "Eva Evaluator", "It solves the problem best"):
        assert secret not in text


@at("step", [Step.RECOMMENDED])
@at("sought", ["Cora", "solves the problem", "cousin"])
def test_public_search_finds_nothing_that_is_withheld(
    journey: Journey, client: FlaskClient, sought: str
) -> None:
    text = page(client, None, f"/challenges/{journey.reference}/log?q={sought}")[1]
    assert "Nothing in this log matches" in text


@at("step", [Step.RECOMMENDED])
def test_filter_by_kind_shows_that_kind_and_its_empty_state(
    journey: Journey, client: FlaskClient
) -> None:
    path = f"/work/challenges/{journey.reference}/log?kind="
    auditor = journey.cast.auditor

    opening = page(client, auditor, path + "opening")[1]
    assert STEPS in opening
    assert "The challenge closed to bids" in opening
    assert SINGLE_BIDS not in opening
    assert "Nothing in this log matches" in page(client, auditor, path + "refused")[1]
    assert SINGLE_BIDS in page(client, auditor, path + "no-such-kind")[1]


@at("step", [Step.RECOMMENDED])
@at(
    ("sought", "found", "missing"),
    [
        ("oona", "signed for the opening", "The chair recommended"),
        ("SOLVES THE PROBLEM", "The chair recommended", "signed for the opening"),
        ("moderation began", "Moderation began", "Scoring began"),
        ("100%_of", "Nothing in this log matches", "Moderation began"),
    ],
)
def test_search_finds_people_and_words_without_regard_to_case(
    journey: Journey, client: FlaskClient, sought: str, found: str, missing: str
) -> None:
    path = f"/work/challenges/{journey.reference}/log?q={sought.replace('%', '%25')}"
    text = page(client, journey.cast.auditor, path)[1]

    assert found in text
    assert missing not in text


@at("step", [Step.RECOMMENDED])
def test_timeline_is_paged_in_order_and_its_statements_do_not_grow(
    journey: Journey, client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    auditor = journey.actor(journey.cast.auditor)
    path = f"/work/challenges/{journey.reference}/log"
    sign_in(client, journey.cast.auditor)
    client.get(path)
    with count_statements(session) as few:
        client.get(path)
    for _ in range(60):
        clock.instant += timedelta(minutes=1)
        bids.read_bid(journey.reference, journey.own_bid, actor=auditor, clock=clock)

    seen: list[timeline.Told] = []
    after: int | None = 0
    while after is not None:
        told = timeline.own_timeline(session, journey.reference, auditor, after=after)
        assert len(told.lines) <= 50
        seen += told.lines
        after = told.next_after
    with count_statements(session) as many:
        first = client.get(path)

    session.rollback()
    assert [line.number for line in seen] == list(
        range(1, len(log.chain_entries(session, journey.reference)) + 1)
    )
    assert len(many) == len(few) <= 12
    assert "Later entries" in first.text


@at("step", [Step.RECOMMENDED])
@at("after", ["-1", "x", "99999999999999999999", "2147483648"])
def test_timeline_with_a_broken_place_to_go_on_from_answers(
    journey: Journey, client: FlaskClient, after: str
) -> None:
    path = f"/work/challenges/{journey.reference}/log?after={after}"
    assert page(client, journey.cast.auditor, path)[0] == 200


@at("step", [Step.RECOMMENDED])
def test_hub_shows_the_last_entries_and_leads_to_the_rest(
    journey: Journey, client: FlaskClient
) -> None:
    text = page(client, journey.cast.auditor, f"/work/challenges/{journey.reference}")[1]

    assert "The chair recommended bid" in text
    assert "The challenge was begun" not in text
    assert f'href="/work/challenges/{journey.reference}/log"' in text


@at("step", [Step.RECOMMENDED])
def test_auditors_file_holds_every_value_and_checks_without_this_site(
    journey: Journey, client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    sign_checkpoint(clock)
    count = len(log.chain_entries(session, journey.reference))
    path = f"/work/challenges/{journey.reference}/log.json"
    checked = file_of(client, journey.cast.auditor, path, session)

    assert checked.verdict is Verdict.PROVEN
    assert checked.chain is not None
    assert len(checked.chain.links) == count
    assert Status.WITHHELD not in {finding.status for finding in checked.findings}
    session.rollback()
    assert log.chain_entries(session, journey.reference)[-1].action == "log.downloaded"


@at("step", [Step.RECOMMENDED])
def test_public_file_shows_the_public_fields_alone_and_checks_without_this_site(
    journey: Journey, client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    sign_checkpoint(clock)
    path = f"/challenges/{journey.reference}/log.json"
    checked = file_of(client, None, path, session)

    assert checked.verdict is Verdict.PROVEN
    assert Status.WITHHELD in {finding.status for finding in checked.findings}
    for action, fields in shown(checked).items():
        assert fields <= log.telling(action).public
    assert shown(checked)["bids.opened"] == {"count", "bids", "differing", "flaws"}
    text = client.get(path).text
    for secret in ("Cora Chair", "It solves the problem best", str(journey.cast.chair.id)):
        assert secret not in text


@at("step", [Step.RECOMMENDED])
def test_file_with_an_erased_value_checks_and_says_that_it_is_withheld(
    journey: Journey, client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    entry = next(
        e for e in log.chain_entries(session, journey.reference) if e.action == "award.recommended"
    )
    retention.erase(entry.n, "reason", reason="The time to keep it is over.", clock=clock)
    sign_checkpoint(clock)
    path = f"/work/challenges/{journey.reference}/log"

    checked = file_of(client, journey.cast.auditor, f"{path}.json", session)

    assert checked.verdict is Verdict.PROVEN
    assert Status.WITHHELD in {finding.status for finding in checked.findings}
    text = page(client, journey.cast.auditor, path)[1]
    assert f"The chair recommended bid {journey.own_bid}: [withheld]" in text
    assert "was erased" in text


@at("step", [Step.RECOMMENDED])
def test_file_before_any_checkpoint_waits_for_one(journey: Journey, client: FlaskClient) -> None:
    path = f"/work/challenges/{journey.reference}/log.json"
    assert page(client, journey.cast.auditor, path)[0] == 409
    assert page(client, None, f"/challenges/{journey.reference}/log.json")[0] == 404


@at("step", [Step.RECOMMENDED])
def test_file_of_a_long_chain_takes_few_statements(
    journey: Journey, client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    auditor = journey.actor(journey.cast.auditor)
    for _ in range(150):
        bids.read_bid(journey.reference, journey.own_bid, actor=auditor, clock=clock)
    sign_checkpoint(clock)
    with count_statements(session) as statements:
        timeline.public_file(session, journey.reference)

    assert len(statements) <= 15
