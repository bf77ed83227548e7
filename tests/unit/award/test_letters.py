"""Who looks after letters to bidders and when, what they say, and what is left out of them."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from challenges.lifecycle import State
from marketplace.core.papers import Letterhead, as_text
from marketplace.core.permissions import Ground, Role
from marketplace.core.regimes.book import regime_on
from marketplace.core.regimes.shapes import LetterItem, LetterKind, Whom
from scoring.award.letters import lifecycle, policy
from scoring.award.letters.content import Around, Written, compose
from scoring.award.letters.lifecycle import Hidden, hide
from scoring.award.letters.policy import Standing
from scoring.award.models import Intention, Recommendation, Result, SignOff
from scoring.award.queries import Computed, Decision
from scoring.panel.models import Panel
from tests.conftest import NOW
from tests.unit.award.test_policy import an_actor

OFFICER = an_actor(Role.PROCUREMENT_OFFICER)
READY = Standing(holds=True, made=True, sent=False)
MINUTE = timedelta(minutes=1)


def test_officers_send_letters_once_they_are_made_and_what_they_tell_of_stands() -> None:
    assert policy.can_send(OFFICER, READY, unnamed=False).allowed
    making = Standing(holds=True, made=False, sent=False)
    assert policy.can_change(OFFICER, making, unnamed=False).allowed
    for found in (
        making,
        Standing(holds=False, made=True, sent=False),
        Standing(holds=True, made=True, sent=True),
        Standing(holds=True, made=True, sent=False, undecided=True),
    ):
        assert policy.can_send(OFFICER, found, unnamed=False).ground is Ground.MOMENT
    assert policy.can_send(OFFICER, READY, unnamed=True).ground is Ground.RIGHT


@pytest.mark.parametrize("role", [Role.APPROVER, Role.CHAIR, Role.AUDITOR])
def test_nobody_else_sends_them_and_some_read_them(role: Role) -> None:
    actor = an_actor(role)
    assert policy.can_send(actor, READY, unnamed=False).ground is Ground.RIGHT
    record = policy.can_record(actor, sent=True, elsewhere=False, unnamed=False)
    assert record.ground is Ground.RIGHT
    assert policy.can_read(actor, unnamed=False).allowed is (role is not Role.CHAIR)
    assert not policy.can_read(actor, unnamed=True).allowed


def test_another_way_is_recorded_after_sending_here_and_before_it_elsewhere() -> None:
    for sent in (True, False):
        for elsewhere in (True, False):
            answer = policy.can_record(OFFICER, sent=sent, elsewhere=elsewhere, unnamed=False)
            assert answer.allowed is (sent != elsewhere)
    assert not policy.can_record(OFFICER, sent=True, elsewhere=False, unnamed=True).allowed


def test_a_bidder_asks_once_at_a_time_and_within_the_days_of_the_rules() -> None:
    supplier = an_actor(Role.SUPPLIER_CONTRIBUTOR)

    def ask(**changes: Any) -> bool:
        asked = {"told": True, "ends_at": None, "open_request": False, "now": NOW, **changes}
        return policy.can_ask(supplier, **asked).allowed

    assert ask()
    assert not ask(told=False)
    assert not ask(open_request=True)
    assert ask(ends_at=NOW + MINUTE)
    assert not ask(ends_at=NOW)
    assert not policy.can_ask(OFFICER, told=True, ends_at=None, open_request=False, now=NOW).allowed


def test_letters_announce_an_award_while_it_is_evaluated_and_waits_for_them() -> None:
    assert policy.can_tell(State.EVALUATING, awaits_letters=True)
    assert not policy.can_tell(State.CANCELLED, awaits_letters=True)
    assert not policy.can_tell(State.EVALUATING, awaits_letters=False)


def test_a_letter_went_out_after_the_decision_and_before_now() -> None:
    since, now = NOW + timedelta(seconds=30), NOW + timedelta(hours=1)
    for sent in (NOW, now):
        assert policy.sent_fault(sent, since=since, now=now) is None
    for wrong in (None, NOW - MINUTE, now + MINUTE):
        assert policy.sent_fault(wrong, since=since, now=now)


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        # A Thursday before ten and after it, and the day before Christmas.
        ("2026-12-03T09:59Z", "2026-12-03T10:00Z"),
        ("2026-12-03T10:00Z", "2026-12-04T10:00Z"),
        ("2026-12-24T12:00Z", "2026-12-29T10:00Z"),
        # Ten in London is nine in UTC once the clocks went forward, on 28 March 2027.
        ("2027-03-27T12:00Z", "2027-03-29T09:00Z"),
    ],
)
def test_the_next_working_morning_is_offered(now: str, morning: str) -> None:
    found = lifecycle.next_morning(datetime.fromisoformat(now), part="scotland")
    assert found == datetime.fromisoformat(morning)


def test_a_poor_time_is_warned_of_and_an_impossible_one_refused() -> None:
    thursday = datetime(2026, 12, 3, 10, tzinfo=UTC)
    friday = thursday + timedelta(days=1)
    assert lifecycle.plan_warning(thursday, part="scotland") is None
    assert lifecycle.plan_warning(friday + timedelta(hours=5, minutes=59), part="scotland") is None
    assert "Friday" in str(lifecycle.plan_warning(friday + timedelta(hours=6), part="scotland"))
    assert "no working day" in str(
        lifecycle.plan_warning(friday + timedelta(days=1), part="scotland")
    )
    assert "no working day" in str(
        lifecycle.plan_warning(thursday, [thursday.date()], part="scotland")
    )
    # The second of January and Easter Monday, by the rules that the purchase goes by.
    second = datetime(2026, 1, 2, 10, tzinfo=UTC)
    assert "no working day" in str(lifecycle.plan_warning(second, part="scotland"))
    assert lifecycle.plan_warning(second, part="england-and-wales") is None
    easter = datetime(2026, 4, 6, 9, tzinfo=UTC)
    assert lifecycle.plan_warning(easter, part="scotland") is None
    assert lifecycle.next_morning(easter, part="england-and-wales") == easter + timedelta(days=1)
    assert lifecycle.plan_fault(thursday, thursday - MINUTE) is None
    for wrong in (None, thursday - MINUTE, thursday, thursday + timedelta(days=61)):
        assert lifecycle.plan_fault(wrong, thursday)


def test_a_request_has_a_clock_that_ends_at_midnight_and_is_late_from_then() -> None:
    asked = datetime(2027, 3, 20, 12, tzinfo=UTC)
    due = lifecycle.due_after(asked, 15)
    # The clocks go forward meanwhile.
    assert due == datetime(2027, 4, 4, 23, tzinfo=UTC)
    assert lifecycle.due_after(asked, 0) is None
    assert not lifecycle.is_late(None, None, asked)
    assert not lifecycle.is_late(due, None, due - MINUTE)
    assert lifecycle.is_late(due, None, due)
    assert not lifecycle.is_late(due, asked, due + MINUTE)


def test_the_last_letter_counts_and_one_by_post_makes_all_so() -> None:
    gone = [(NOW, True), (NOW + MINUTE, False)]
    assert lifecycle.last_gone(gone) == (NOW + MINUTE, False)
    assert lifecycle.last_gone(gone[:1]) == (NOW, True)


def test_words_are_left_out_whole_whatever_their_spaces_and_capitals() -> None:
    hidden = [Hidden("Acme", "s"), Hidden("Acme  Ltd (UK)", "l")]
    text = "It names ACME\nLtd (UK), and acme alone. A{0}"
    assert hide(text, hidden, "[{ground}]") == "It names [l], and [s] alone. A{0}"
    assert lifecycle.stands_in("ltd (uk)", ["x", text])
    assert not lifecycle.stands_in("nobody", [text])


def row(points: str, rank: int | None, outcome: str = "ranked") -> dict[str, Any]:
    """Give a bid's row of a result as a letter keeps it."""
    cell = {"points": points, "exact": points}
    return {
        "outcome": outcome,
        "rank": rank,
        "reasons": [] if outcome == "ranked" else ["No accounts."],
        "total": points,
        "ranking_value": None,
        "criteria": {"team": cell} if rank else {},
    }


def facts(**changes: Any) -> dict[str, Any]:
    """Give what a letter to the second of two bidders says."""
    return {
        "about": "award",
        "supplier": "Birch",
        "bid": "B-2",
        "title": "Ferries",
        "reference": "CH-1",
        "stage": "Application",
        "number": 1,
        "own": row("20.25", 2),
        "criteria": [{"id": "team", "title": "Team", "weight": "40", "kind": "quality"}],
        "reasons": {"team": ["Too few people."]},
        "why": "It solves the problem best.",
        "preferred": [
            {
                "name": "Acorn",
                "bid": "B-1",
                "row": row("31.50", 1),
                "reasons": {"team": ["Nine sailors, and their patent."]},
            }
        ],
        "going_on": [],
        "next_stage": "",
        "tie": "",
        "ranked_by": None,
        **changes,
    }


ABOVE = regime_on("scotland", NOW.date()).band("above_threshold")


def a_letter(
    kind: LetterKind,
    told: Mapping[str, Any],
    *,
    whom: Whom = Whom.UNSUCCESSFUL,
    hidden: Mapping[str | None, list[Hidden]] | None = None,
    additions: tuple[str, ...] = (),
) -> Written:
    around = Around(
        date=NOW,
        ends=NOW + timedelta(days=11),
        told=ABOVE.letters[kind].to(whom),
        head=Letterhead("Council", signatory_name="Una", contact="una@example.org"),
        ask_within_days=0,
        answer_within_days=15,
    )
    return compose(kind, told, around, hidden or {}, additions)


def test_intention_answers_all_that_the_law_asks_from_what_the_panel_wrote(app: Flask) -> None:
    found = a_letter(LetterKind.INTENTION, facts(), additions=("", "Thank you."))
    text = as_text(found.paper)
    for said in (
        "To: Birch (bid B-2)",
        "Dear Birch",
        "We intend to award the contract to Acorn.",
        "Your bid was ranked 2.",
        "It solves the problem best.",
        "Team | 40 | 20.25 | 31.50",
        "Too few people.",
        "Where the bid of Acorn did better",
        "Nine sailors, and their patent.",
        "No contract is signed before",
        "We answer within 15 days",
        "Thank you.",
        "Yours sincerely\n\nUna\nCouncil",
        "una@example.org",
    ):
        assert said in text
    assert found.missing == []
    # A letter tells nobody another bidder's reference.
    assert "B-1" not in text


def test_what_nothing_answers_is_named(app: Flask) -> None:
    found = a_letter(LetterKind.INTENTION, facts(reasons={}, why=""))
    assert [told.item for told in found.missing] == [LetterItem.OWN_REASONS]


def test_withheld_words_stand_in_no_letter_and_their_ground_does(app: Flask) -> None:
    hidden = {"B-1": [Hidden("their patent", "s. 33")], None: [Hidden("best", "s. 33")]}
    text = as_text(a_letter(LetterKind.INTENTION, facts(), hidden=hidden).paper)
    assert "Nine sailors, and [withheld: s. 33]." in text
    assert "solves the problem [withheld: s. 33]" in text
    assert "Too few people." in text


def test_sift_names_who_goes_on_and_no_score_of_theirs(app: Flask) -> None:
    told = facts(
        about="sift", preferred=[], going_on=["Acorn", "Cedar"], next_stage="Interview", tie="Drew."
    )
    found = a_letter(LetterKind.NOT_SHORTLISTED, told)
    text = as_text(found.paper)
    assert "“Interview”, go on: Acorn, Cedar." in text
    assert "Drew." in text
    assert "31.50" not in text
    assert found.missing == []


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("ineligible", "did not meet the requirements. No accounts."),
        ("excluded", "was excluded. No accounts."),
        ("withdrawn", "was withdrawn. No accounts."),
    ],
)
def test_who_was_not_judged_is_told_why(app: Flask, outcome: str, says: str) -> None:
    found = a_letter(LetterKind.NOT_ELIGIBLE, facts(own=row("–", None, outcome), reasons={}))
    assert says in as_text(found.paper)
    assert found.missing == []


def test_a_bid_below_a_minimum_and_one_that_was_not_sent_are_told_so(app: Flask) -> None:
    below = row("–", None, "below_minimum")
    text = as_text(a_letter(LetterKind.INTENTION, facts(own=below)).paper)
    assert "below a minimum. No accounts." in text
    hidden: dict[str | None, list[Hidden]] = {"B-2": [Hidden("accounts", "s. 33")]}
    text = as_text(a_letter(LetterKind.INTENTION, facts(own=below), hidden=hidden).paper)
    assert "below a minimum. No [withheld: s. 33]." in text
    unsent = a_letter(LetterKind.INTENTION, facts(own=None, reasons={}))
    assert "did not answer it" in as_text(unsent.paper)


def test_further_information_is_made_from_what_the_panel_wrote(app: Flask) -> None:
    kind, asked = LetterKind.FURTHER_INFORMATION, {"asked": "Why?", "asked_on": "1 March 2027"}
    lost = a_letter(kind, facts(**asked))
    text = as_text(lost.paper)
    assert "You asked us on 1 March 2027" in text
    assert "You asked: Why?" in text
    assert "Nine sailors, and their patent." in text
    assert lost.missing == []
    excluded = a_letter(kind, facts(**asked, own=row("–", None, "excluded")))
    assert "No accounts." in as_text(excluded.paper)
    won = facts(**asked, bid="B-1", supplier="Acorn", own=row("31.50", 1))
    found = a_letter(kind, won, whom=Whom.SUCCESSFUL)
    assert "these criteria; the reasons above say why: Team." in as_text(found.paper)
    assert found.missing == []
    perfect = facts(**asked, bid="B-1", supplier="Acorn", own=row("40", 1))
    assert "got all points" in as_text(a_letter(kind, perfect, whom=Whom.SUCCESSFUL).paper)


@pytest.mark.parametrize(
    ("approved", "newest", "locked", "announced", "waits"),
    [
        (True, 1, True, False, True),
        (False, 1, True, False, False),
        (True, 1, True, True, False),
        # What was approved has changed since: it is recommended and approved again first.
        (True, 2, True, False, False),
        (True, 1, False, False, False),
    ],
)
def test_letters_wait_while_what_was_approved_stands(
    approved: bool, newest: int, locked: bool, announced: bool, waits: bool
) -> None:
    found = Decision(
        panel=Panel(quality_locked_at=NOW if locked else None),
        computed=Computed(Result(id=uuid.UUID(int=newest)), {}, {}),
        recommendation=Recommendation(result_id=uuid.UUID(int=1)),
        sign_off=SignOff(approved=approved),
        intentions=[Intention()] if announced else [],
        contracts=[],
    )
    assert found.awaits_letters is waits


def test_letters_that_are_late_wait_for_an_officer() -> None:
    morning = datetime(2027, 3, 5, 10, tzinfo=lifecycle.LONDON)  # a Friday
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    assert lifecycle.late_fault(morning, morning + hour, part="scotland") is None
    assert lifecycle.late_fault(morning, morning + hour + minute, part="scotland")
    afternoon = morning.replace(hour=15, minute=55)
    assert lifecycle.late_fault(afternoon, afternoon + 10 * minute, part="scotland") is None
    assert lifecycle.late_fault(afternoon, afternoon + 11 * minute, part="scotland")
    # Who chose such a time themselves is served.
    evening = morning.replace(hour=18)
    assert lifecycle.late_fault(evening, evening + minute, part="scotland") is None


def test_no_letter_went_sooner_than_was_recorded() -> None:
    day = datetime(2027, 3, 5, 10, tzinfo=lifecycle.LONDON)
    earlier = day - timedelta(minutes=1)
    assert not lifecycle.is_sooner((day, True), None)
    assert not lifecycle.is_sooner((day, False), (day, False))
    assert not lifecycle.is_sooner((day, False), (day, True))
    assert lifecycle.is_sooner((earlier, False), (day, False))
    assert lifecycle.is_sooner((day, True), (day, False))
