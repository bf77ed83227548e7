"""Who may do what with bids, and which of right and moment refused."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bids import policy
from bids.checking.policy import can_check
from bids.documents import Attachment, Content, Milestone
from bids.lifecycle import BidState
from bids.passport.policy import can_answer
from bids.policy import Asked, Attaching, Part, Question, gaps
from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Answer, Ground, Role

CLOSING = datetime(2026, 12, 8, 12, tzinfo=UTC)
EARLY = CLOSING - timedelta(days=1)
MINUTE_AFTER = CLOSING + timedelta(seconds=60)


def actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Somebody Example", uuid.uuid4(), frozenset(roles))


ADMIN = actor(Role.SUPPLIER_ADMIN)
CONTRIBUTOR = actor(Role.SUPPLIER_CONTRIBUTOR)
OFFICER = actor(Role.PROCUREMENT_OFFICER)
LEAD = actor(Role.CHALLENGE_LEAD)
LEAD_WHO_SCORES = actor(Role.CHALLENGE_LEAD, Role.EVALUATOR)
OFFICER_WHO_SCORES = actor(Role.PROCUREMENT_OFFICER, Role.EVALUATOR)
EVALUATOR = actor(Role.EVALUATOR)
AUDITOR = actor(Role.AUDITOR)


@pytest.mark.parametrize("who", [ADMIN, CONTRIBUTOR])
def test_can_start_while_open_allows_everybody_of_a_supplier(who: Actor) -> None:
    assert policy.can_start(who, State.OPEN, CLOSING, EARLY).allowed


def test_can_start_at_the_closing_instant_is_the_wrong_moment() -> None:
    assert policy.can_start(ADMIN, State.OPEN, CLOSING, CLOSING).ground is Ground.MOMENT


@pytest.mark.parametrize("state", [s for s in State if s is not State.OPEN])
def test_can_edit_in_any_state_but_open_is_the_wrong_moment(state: State) -> None:
    assert policy.can_edit(CONTRIBUTOR, state, CLOSING, EARLY).ground is Ground.MOMENT


def test_can_edit_by_somebody_of_a_body_lacks_the_right() -> None:
    assert policy.can_edit(OFFICER, State.OPEN, CLOSING, EARLY).ground is Ground.RIGHT


def test_can_edit_while_open_allows_a_contributor() -> None:
    assert policy.can_edit(CONTRIBUTOR, State.OPEN, CLOSING, EARLY).allowed


@pytest.mark.parametrize("answer", [policy.can_submit, policy.can_withdraw, policy.can_declare])
def test_submitting_withdrawing_and_declaring_are_the_administrators_alone(
    answer: "object",
) -> None:
    assert callable(answer)
    assert answer(ADMIN).allowed
    assert answer(CONTRIBUTOR).ground is Ground.RIGHT


def test_can_start_by_a_visitor_of_a_body_lacks_the_right() -> None:
    assert policy.can_start(LEAD, State.OPEN, CLOSING, EARLY).ground is Ground.RIGHT


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.READY, State.CANCELLED])
def test_takes_bids_when_not_published_or_cancelled_refuses(state: State) -> None:
    assert policy.takes_bids(state).ground is Ground.MOMENT


@pytest.mark.parametrize("state", list(BidState))
def test_has_draft_without_one_is_the_wrong_moment_and_says_which_button_makes_one(
    state: BidState,
) -> None:
    answer = policy.has_draft(False, state)
    buttons = {BidState.WITHDRAWN: "Begin again", BidState.INVITED: "Start your answer"}
    button = buttons.get(state, "Change this bid")
    assert answer.ground is Ground.MOMENT
    assert button in answer.message
    assert policy.has_draft(True, state).allowed


def test_takes_bids_when_published_leaves_the_clock_to_decide() -> None:
    assert policy.takes_bids(State.OPEN).allowed


def confirm(
    who: Actor = OFFICER,
    *,
    verified: bool = True,
    state: State = State.OPEN,
    closes_at: datetime | None = CLOSING,
    now: datetime = MINUTE_AFTER,
    named: bool = True,
    second_factor: bool = True,
    opened: bool = False,
    confirmed: tuple[uuid.UUID, ...] = (),
) -> Answer:
    return policy.can_confirm_opening(
        who,
        verified=verified,
        state=state,
        closes_at=closes_at,
        now=now,
        named=named,
        second_factor=second_factor,
        opened=opened,
        confirmed=confirmed,
    )


def test_can_confirm_opening_a_minute_after_closing_allows_an_officer() -> None:
    assert confirm().allowed


def test_can_confirm_opening_after_another_officer_allows_the_second() -> None:
    assert confirm(confirmed=(uuid.uuid4(),)).allowed


@pytest.mark.parametrize(
    "answer", [confirm(LEAD), confirm(named=False), confirm(second_factor=False)]
)
def test_can_confirm_opening_by_a_lead_or_unnamed_or_with_one_step_lacks_the_right(
    answer: Answer,
) -> None:
    assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize(
    "answer",
    [
        confirm(now=CLOSING - timedelta(microseconds=1)),
        confirm(now=CLOSING),
        confirm(now=MINUTE_AFTER - timedelta(microseconds=1)),
        confirm(verified=False),
        confirm(opened=True, state=State.OPENED),
        confirm(state=State.CANCELLED),
        confirm(state=State.OPEN, closes_at=None),
        confirm(confirmed=(OFFICER.user_id,)),
        confirm(confirmed=(uuid.uuid4(), uuid.uuid4())),
    ],
    ids=[
        "before closing",
        "at closing",
        "within the minute",
        "body not verified",
        "opened already",
        "cancelled",
        "no closing instant",
        "same officer twice",
        "two others have",
    ],
)
def test_can_confirm_opening_otherwise_is_the_wrong_moment(answer: Answer) -> None:
    assert answer.ground is Ground.MOMENT


def test_can_rehearse_is_for_named_officers_until_closing() -> None:
    def rehearse(who: Actor = OFFICER, now: datetime = EARLY, *, named: bool = True) -> Answer:
        return policy.can_rehearse(who, state=State.OPEN, closes_at=CLOSING, now=now, named=named)

    assert rehearse().allowed
    assert rehearse(LEAD).ground is Ground.RIGHT
    assert rehearse(named=False).ground is Ground.RIGHT
    assert rehearse(now=CLOSING).ground is Ground.MOMENT


def test_can_set_passphrase_is_for_those_who_open_bids() -> None:
    assert policy.can_set_passphrase(OFFICER).allowed
    assert policy.can_set_passphrase(LEAD).ground is Ground.RIGHT


@pytest.mark.parametrize("state", [State.OPENED, State.EVALUATING])
def test_can_decide_eligibility_until_the_sign_off_allows_an_officer(state: State) -> None:
    assert policy.can_decide_eligibility(OFFICER, state, BidState.VALID).allowed


def test_can_decide_eligibility_by_a_lead_lacks_the_right() -> None:
    answer = policy.can_decide_eligibility(LEAD, State.OPENED, BidState.VALID)
    assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize(
    ("state", "bid"),
    [
        (State.OPEN, BidState.SUBMITTED),
        (State.INTENTION, BidState.VALID),
        (State.STOPPED, BidState.VALID),
        (State.EVALUATING, BidState.WITHDRAWN),
        (State.OPENED, BidState.WITHDRAWN),
        (State.OPENED, BidState.DRAFT),
    ],
)
def test_can_decide_eligibility_at_another_time_is_the_wrong_moment(
    state: State, bid: BidState
) -> None:
    assert policy.can_decide_eligibility(OFFICER, state, bid).ground is Ground.MOMENT


@pytest.mark.parametrize("who", [OFFICER, LEAD, AUDITOR, OFFICER_WHO_SCORES])
def test_can_read_opened_after_the_opening_allows_those_it_concerns(who: Actor) -> None:
    assert policy.can_read_opened(who, State.OPENED, opened=True).allowed


@pytest.mark.parametrize("who", [OFFICER, LEAD, AUDITOR])
def test_can_read_opened_before_the_opening_is_the_wrong_moment(who: Actor) -> None:
    assert policy.can_read_opened(who, State.OPEN, opened=False).ground is Ground.MOMENT


@pytest.mark.parametrize("who", [EVALUATOR, ADMIN, LEAD_WHO_SCORES])
def test_can_read_opened_by_others_and_by_those_who_score_lacks_the_right(who: Actor) -> None:
    assert policy.can_read_opened(who, State.OPENED, opened=True).ground is Ground.RIGHT


def test_can_read_opened_after_the_decision_allows_a_lead_who_scored() -> None:
    assert policy.can_read_opened(LEAD_WHO_SCORES, State.INTENTION, opened=True).allowed


@pytest.mark.parametrize(
    ("who", "state", "sees"),
    [
        (OFFICER, State.OPENED, True),
        (AUDITOR, State.EVALUATING, True),
        (LEAD, State.OPENED, False),
        (OFFICER_WHO_SCORES, State.EVALUATING, False),
        (LEAD, State.INTENTION, True),
        (OFFICER_WHO_SCORES, State.SIGNED, True),
    ],
)
def test_may_see_price_keeps_it_from_those_who_score_or_lead_until_the_decision(
    who: Actor, state: State, sees: bool
) -> None:
    assert policy.may_see_price(who, state) is sees


ASKED = Asked(
    questions=(Question("solves", "Solving it", 5), Question("team", "The team", None)),
    price=True,
    most_minor=5_000_00,
)
WHOLE = Content(
    answers={"solves": "one two three four five", "team": "Us."},
    price_minor=5_000_00,
    contract_accepted=True,
    contract_points="",
    ai_statement="",
)
VALID_UNTIL = EARLY + timedelta(days=30)


def parts(content: Content, until: datetime | None = VALID_UNTIL) -> list[tuple[Part, str]]:
    found = gaps(ASKED, content, eligible_until=until, now=EARLY)
    return [(gap.part, gap.key) for gap in found]


def test_gaps_of_a_whole_bid_at_every_limit_are_none() -> None:
    assert parts(WHOLE) == []


def test_gaps_of_an_empty_bid_name_everything_in_the_order_of_the_task_list() -> None:
    empty = Content({}, None, None, "", "")
    assert parts(empty, None) == [
        (Part.ELIGIBILITY, ""),
        (Part.ANSWER, "solves"),
        (Part.ANSWER, "team"),
        (Part.PRICE, ""),
        (Part.TERMS, ""),
    ]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"answers": {**WHOLE.answers, "solves": "one two three four five six"}}, Part.ANSWER),
        ({"answers": {**WHOLE.answers, "team": " – \n"}}, Part.ANSWER),
        ({"price_minor": 5_000_01}, Part.PRICE),
        ({"contract_accepted": False, "contract_points": "  "}, Part.TERMS),
    ],
)
def test_gaps_with_one_fault_name_it(change: dict[str, object], part: Part) -> None:
    content = Content(**{**vars(WHOLE), **change})
    assert [found for found, _ in parts(content)] == [part]


def test_gaps_with_a_price_of_nothing_are_none() -> None:
    assert parts(Content(**{**vars(WHOLE), "price_minor": 0})) == []


def test_gaps_with_points_raised_about_the_contract_are_none() -> None:
    change = {"contract_accepted": False, "contract_points": "Clause 4"}
    assert parts(Content(**{**vars(WHOLE), **change})) == []


def test_gaps_at_the_instant_a_declaration_expires_ask_for_another() -> None:
    assert parts(WHOLE, EARLY) == [(Part.ELIGIBILITY, "")]


def test_gaps_where_no_price_is_asked_do_not_want_one() -> None:
    asked = Asked(ASKED.questions, price=False, most_minor=None)
    content = Content(**{**vars(WHOLE), "price_minor": None})
    assert gaps(asked, content, eligible_until=VALID_UNTIL, now=EARLY) == []


PDF = Attachment("plan.pdf", "application/pdf", 1024 * 1024, "00" * 32)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ([PDF, PDF], ""),
        ([PDF] * 3, "may have 2 of them"),
        ([replace(PDF, size=PDF.size + 1)], "Remove “plan.pdf”"),
        ([replace(PDF, media_type="image/png")], "Remove “plan.pdf”"),
        ([], ""),
    ],
)
def test_gaps_where_a_change_asks_for_fewer_or_other_files_name_what_to_remove(
    files: list[Attachment], says: str
) -> None:
    asked = replace(ASKED, files=Attaching(kinds=("pdf",), most=2, megabytes=1))
    content = replace(WHOLE, attachments=files)

    found = gaps(asked, content, eligible_until=VALID_UNTIL, now=EARLY)

    assert bool(found) == bool(says)
    assert says in " ".join(gap.message % gap.data for gap in found)


def test_gaps_where_one_milestone_has_no_price_ask_for_it() -> None:
    asked = replace(ASKED, milestones=("Explore", "Build"))
    half = (Milestone("Explore", 1_000_00), Milestone("Build", None))
    whole = (Milestone("Explore", 1_000_00), Milestone("Build", 0))

    def lacks(milestones: tuple[Milestone, ...]) -> list[Part]:
        content = replace(WHOLE, milestones=milestones)
        return [gap.part for gap in gaps(asked, content, eligible_until=VALID_UNTIL, now=EARLY)]

    assert (lacks(half), lacks(whole)) == ([Part.PRICE], [])


def test_quick_check_is_for_challenges_that_take_bids() -> None:
    assert can_check(State.OPEN, CLOSING, EARLY).allowed
    assert can_check(State.OPEN, CLOSING, CLOSING).ground is Ground.MOMENT
    assert can_check(State.CANCELLED, CLOSING, EARLY).ground is Ground.MOMENT


def test_passport_is_answered_by_everybody_of_a_supplier_and_nobody_else() -> None:
    assert can_answer(ADMIN).allowed
    assert can_answer(CONTRIBUTOR).allowed
    assert can_answer(OFFICER).ground is Ground.RIGHT
