"""Who may join a bid, answer and leave; how the work is shared out; what keeps a bid back."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bids import policy
from bids.documents import Content
from bids.policy import Part
from bids.team.lifecycle import STANDING, InvitationState, LeadShare, lead_share, share_fault
from bids.team.policy import (
    HURDLE_WORDS,
    Asked,
    Hurdle,
    Standing,
    can_accept,
    can_decline,
    can_leave,
    can_take_back,
    hurdle,
    left_gaps,
    share_gaps,
    team_gaps,
)
from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Answer, Ground, Role

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
LEAD, PARTNER, OTHER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
ASKED = Asked(InvitationState.ASKED, State.OPEN, NOW + timedelta(days=1), LEAD)
JOINED = replace(ASKED, standing=InvitationState.ACCEPTED, partner_id=PARTNER)


def somebody(organisation: uuid.UUID = PARTNER, role: Role = Role.SUPPLIER_ADMIN) -> Actor:
    """Give a person who acts for an organisation."""
    return Actor(uuid.uuid4(), "Example", organisation, frozenset({role}))


def refused(answer: Answer) -> Ground | None:
    """Give the ground of a refusal, which has words."""
    assert answer.allowed == (answer.message == "")
    return answer.ground


@pytest.mark.parametrize(
    ("others", "lead"),
    [
        ([], LeadShare(100, most=False)),
        ([30, 69], LeadShare(1, most=False)),
        ([30, None], LeadShare(70, most=True)),
        ([70, 70], LeadShare(0, most=False)),
    ],
)
def test_the_bidder_does_what_the_others_leave(others: list[int | None], lead: LeadShare) -> None:
    assert lead_share(others) == lead


@pytest.mark.parametrize("share", [0, -1, 100, 1000])
def test_a_share_is_from_1_to_99(share: int) -> None:
    assert share_fault(share, []) == share_fault(None, [])
    assert share_fault(share, []) != ""


def test_shares_of_others_come_to_less_than_the_whole() -> None:
    assert share_fault(99, []) == ""
    assert share_fault(39, [60, None]) == ""
    assert "100%" in share_fault(40, [60, None])
    assert share_fault(None, [60], known=False) == ""


@pytest.mark.parametrize(
    ("actor", "supplier", "until", "found"),
    [
        (None, False, None, Hurdle.NO_ORGANISATION),
        (somebody(OTHER, Role.CHALLENGE_LEAD), False, None, Hurdle.NO_SUPPLIER),
        (somebody(LEAD), True, LATER, Hurdle.LEAD),
        (somebody(OTHER), True, LATER, Hurdle.ALREADY),
        (somebody(role=Role.SUPPLIER_CONTRIBUTOR), True, LATER, Hurdle.NO_ADMIN),
        (somebody(), True, None, Hurdle.NOT_DECLARED),
        (somebody(), True, NOW, Hurdle.EXPIRED),
        (somebody(), True, LATER, None),
    ],
)
def test_who_accepts_is_told_the_first_thing_in_the_way(
    actor: Actor | None, supplier: bool, until: datetime | None, found: Hurdle | None
) -> None:
    asked = replace(ASKED, partners=frozenset({OTHER}))

    assert hurdle(actor, asked, supplier=supplier, until=until, now=NOW) is found


def test_each_hurdle_refuses_with_its_words_and_whether_it_is_one_of_time() -> None:
    moments = {Hurdle.ALREADY, Hurdle.NOT_DECLARED, Hurdle.EXPIRED}
    for each in Hurdle:
        answer = can_accept(each, ASKED, NOW)
        assert answer.message == HURDLE_WORDS[each]
        assert refused(answer) is (Ground.MOMENT if each in moments else Ground.RIGHT)
    assert can_accept(None, ASKED, NOW).allowed


def test_nothing_is_answered_twice_nor_after_closing() -> None:
    assert can_decline(ASKED, NOW).allowed
    for state in set(InvitationState) - {InvitationState.ASKED}:
        assert refused(can_decline(replace(ASKED, standing=state), NOW)) is Ground.MOMENT
    closing = replace(ASKED, closes_at=NOW)
    for answer in (can_decline(closing, NOW), can_accept(None, closing, NOW)):
        assert refused(answer) is Ground.MOMENT
    assert refused(can_decline(replace(ASKED, state=State.CANCELLED), NOW)) is Ground.MOMENT


def test_an_administrator_of_the_partner_leaves_until_closing() -> None:
    assert can_leave(somebody(), JOINED, NOW).allowed
    for actor in (None, somebody(LEAD), somebody(role=Role.SUPPLIER_CONTRIBUTOR)):
        assert refused(can_leave(actor, JOINED, NOW)) is Ground.RIGHT
    assert refused(can_leave(somebody(), replace(JOINED, closes_at=NOW), NOW)) is Ground.MOMENT
    for state in set(InvitationState) - {InvitationState.ACCEPTED}:
        ended = replace(JOINED, standing=state)
        assert refused(can_leave(somebody(), ended, NOW)) is Ground.MOMENT


def test_what_stands_can_be_taken_back_and_nothing_else() -> None:
    assert {state for state in InvitationState if can_take_back(state).allowed} == STANDING


def test_only_partners_who_stand_keep_a_bid_back() -> None:
    def lacks(state: InvitationState, until: datetime | None) -> int:
        return len(team_gaps([Standing("Specimen", state, until)], NOW))

    assert lacks(InvitationState.ASKED, None) == 1
    assert [lacks(InvitationState.ACCEPTED, until) for until in (None, NOW, LATER)] == [1, 1, 0]
    for state in set(InvitationState) - STANDING:
        assert lacks(state, None) == 0


def test_a_bid_that_leaves_nothing_for_the_bidder_is_kept_back() -> None:
    assert share_gaps(LeadShare(1, most=True)) == []
    assert [gap.part for gap in share_gaps(LeadShare(0, most=False))] == [Part.TEAM]


def test_whoever_a_submitted_bid_names_and_left_is_named() -> None:
    named = [Standing(state.value, state, LATER) for state in InvitationState]

    gone = {gap.data["name"] for gap in left_gaps(named)}

    assert gone == {"declined", "left", "taken_back"}


def test_what_partners_have_to_do_stands_after_the_own_declaration() -> None:
    waits = team_gaps([Standing("Specimen", InvitationState.ASKED, None)], NOW)
    asked, empty = policy.Asked((), False, None), Content({}, None, None, "", "")

    found = policy.gaps(asked, empty, eligible_until=None, now=NOW, team=waits)

    assert [gap.part for gap in found] == [Part.ELIGIBILITY, Part.TEAM, Part.TERMS]
    assert found[1].data == {"name": "Specimen"}
