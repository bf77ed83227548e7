"""Bids after a change that asks for them to be confirmed: which count, which lapse, who is told."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from bids import queries, service
from bids.documents import Content
from bids.drafts import content_of, left_over
from bids.lifecycle import BidState, TooLate
from bids.opened import opened_bids
from bids.openings import opening_status
from bids.renewing.queries import renewals
from bids.renewing.service import confirm_bid
from challenges.changing import service as changing
from challenges.ending.service import end_without_contract
from challenges.following.models import Follow
from challenges.lifecycle import NoAward
from challenges.sections import Question
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.errors import Forbidden, Invalid, StaleEdit, WrongMoment
from marketplace.core.notices.models import Kind, Unwanted
from marketplace.core.permissions import Role
from marketplace.web.queries import hub
from tests.conftest import NOW
from tests.factories import a_person, actor_for
from tests.integration.bids.conftest import MARKER
from tests.integration.bids.damage import damage
from tests.integration.changes.conftest import Published


@pytest.fixture
def rival(published: Published) -> User:
    return published.a_rival("Specimen Fictional Rivals Ltd")[1]


@pytest.fixture
def mine(published: Published) -> str:
    """Submit the scene's own supplier's bid."""
    bid = published.scene.written_bid(published.clock)
    published.submit(bid, published.scene.admin)
    return bid


def confirm(published: Published, bid: str, **more: int) -> int:
    made = confirm_bid(
        bid,
        actor=published.scene.admin,
        arrived=published.clock.now(),
        clock=published.clock,
        **more,
    )
    published.clock.instant += timedelta(minutes=1)
    return made.version


def opened(published: Published) -> dict[str, int]:
    """Give the opened bids with their versions."""
    published.session.rollback()
    stage = published.challenge.stage
    return {each.reference: each.version for each in opened_bids(published.session, stage.id)}


def test_confirmed_bid_is_sealed_again_for_the_new_plan_and_the_other_lapses(
    published: Published, mine: str, rival: User
) -> None:
    other = published.a_bid_of(rival)
    published.weigh()
    published.publish()

    assert confirm(published, mine) == 2

    held = published.bid(mine)
    newest = published.challenge.plan
    latest = queries.latest_submission(published.session, held)
    assert newest is not None
    assert latest is not None
    own = queries.receipt(published.session, mine, 2, published.scene.admin)
    assert own.document is not None
    assert own.document.plan_sha256 == newest.sha256
    assert own.document.content.answers == {
        "solves": f"{MARKER} (solves)",
        "team": f"{MARKER} (team)",
    }
    published.open()
    assert opened(published) == {mine: 2}
    assert published.bid(other).state is BidState.SUBMITTED
    lapsed = [
        entry.fields["bids"]
        for entry in log.chain_entries(published.session, published.reference)
        if entry.action == "bids.lapsed"
    ]
    assert lapsed == [[other]]
    assert damage() == []


def test_text_change_may_ask_too_and_counts_only_what_was_submitted_after_it(
    published: Published, mine: str, rival: User
) -> None:
    published.write()
    published.publish(confirm=True)
    later = published.a_bid_of(rival)

    published.open()

    assert opened(published) == {later: 1}
    assert damage() == []


def test_change_that_does_not_ask_leaves_submitted_bids_as_they_are(
    published: Published, mine: str
) -> None:
    published.write()
    published.publish()

    assert confirm(published, mine) == 1  # there is nothing to confirm
    published.open()

    assert opened(published) == {mine: 1}
    assert not [n for n in published.letters() if "/confirm" in n.text]
    assert damage() == []


def test_confirming_twice_gives_one_new_version(published: Published, mine: str) -> None:
    published.weigh()
    published.publish()

    assert (confirm(published, mine), confirm(published, mine)) == (2, 2)
    assert published.bid(mine).draft_key_id is None


def test_bid_is_confirmed_once_for_each_change_that_asks(published: Published, mine: str) -> None:
    published.weigh("50")
    published.publish()
    confirm(published, mine)
    published.weigh("55")
    published.publish()

    published.open()

    assert opened(published) == {}
    assert damage() == []


def test_new_question_must_be_answered_first_and_a_removed_answer_is_kept(
    published: Published, mine: str
) -> None:

    at, lead, clock = published.reference, published.lead, published.clock
    changing.delete_criterion(at, "team", actor=lead, clock=clock)
    new = Question(title="Access", weight=Decimal(40), question="Who is left out?")
    changing.add_criterion(at, new, actor=lead, clock=clock)
    published.publish()

    with pytest.raises(Invalid, match="does not answer all that is asked"):
        confirm(published, mine)
    assert published.bid(mine).draft_key_id is None  # nothing was begun behind the person's back
    service.change_bid(mine, actor=published.scene.admin, clock=clock)
    service.save_answer(mine, "access", "Nobody.", actor=published.scene.admin, clock=clock)
    held = queries.own_bid(published.session, mine, published.scene.admin)
    assert left_over(published.session, held) == {"Criterion team": f"{MARKER} (team)"}
    published.submit(mine, published.scene.admin)
    published.open()

    assert opened(published) == {mine: 2}
    assert damage() == []


def test_draft_is_brought_along_and_loses_no_text(published: Published, rival: User) -> None:
    bid = published.a_bid_of(rival, submitted=False)
    published.weigh()
    published.publish()

    held = queries.own_bid(published.session, bid, actor_for(rival))
    content: Content = content_of(published.session, held)
    assert set(content.answers.values()) == {f"Ask {rival.name}"}
    published.submit(bid, actor_for(rival))
    published.open()
    assert opened(published) == {bid: 1}
    assert damage() == []


def test_bid_checked_before_a_change_is_not_submitted_after_it(
    published: Published, rival: User
) -> None:
    bid = published.a_bid_of(rival, submitted=False)
    published.write()
    published.publish()

    with pytest.raises(StaleEdit, match="challenge was changed"):
        service.submit_bid(
            bid,
            actor=actor_for(rival),
            arrived=published.clock.now(),
            clock=published.clock,
            checked_change=0,
        )


def test_confirming_an_older_change_than_the_newest_is_refused(
    published: Published, mine: str
) -> None:
    for solves in ("50", "55"):
        published.weigh(solves)
        published.publish()

    with pytest.raises(StaleEdit):
        confirm(published, mine, checked_change=1)
    held = published.bid(mine)
    assert (held.current_version, held.draft_key_id) == (1, None)
    assert confirm(published, mine, checked_change=2) == 2  # the refusal left nothing in the way


def test_confirmation_that_arrived_in_time_counts_and_a_late_one_is_refused_and_recorded(
    published: Published, mine: str, rival: User
) -> None:
    other = published.a_bid_of(rival)
    published.weigh()
    published.publish()
    closes_at = published.scene.closes_at
    published.clock.instant = closes_at + timedelta(seconds=30)

    made = confirm_bid(
        mine,
        actor=published.scene.admin,
        arrived=closes_at - timedelta(seconds=1),
        clock=published.clock,
    )
    with pytest.raises(TooLate):
        confirm_bid(
            other, actor=actor_for(rival), arrived=published.clock.now(), clock=published.clock
        )

    assert made.version == 2
    assert published.bid(other).draft_key_id is None
    refused = [
        entry.fields["bid"]
        for entry in log.chain_entries(published.session, published.reference)
        if entry.action == "bid.refused"
    ]
    assert refused == [other]
    published.open()
    assert opened(published) == {mine: 2}
    assert damage() == []


def test_contributor_cannot_confirm_and_begun_changes_come_first(
    published: Published, mine: str
) -> None:
    published.weigh()
    published.publish()
    with pytest.raises(Forbidden):
        confirm_bid(
            mine,
            actor=published.scene.contributor,
            arrived=published.clock.now(),
            clock=published.clock,
        )
    service.change_bid(mine, actor=published.scene.contributor, clock=published.clock)

    with pytest.raises(WrongMoment, match="begun to change"):
        confirm(published, mine)


def test_withdrawn_bid_is_not_asked_for_and_does_not_lapse(published: Published, mine: str) -> None:
    service.withdraw_bid(
        mine, actor=published.scene.admin, arrived=published.clock.now(), clock=published.clock
    )
    published.weigh()
    published.publish()

    published.open()

    assert opened(published) == {}
    assert "bids.lapsed" not in [
        e.action for e in log.chain_entries(published.session, published.reference)
    ]
    assert damage() == []


def test_officers_see_before_the_opening_only_how_many_bids_count(
    published: Published, mine: str, rival: User
) -> None:
    published.a_bid_of(rival)
    published.weigh()
    published.publish()
    confirm(published, mine)
    published.close()
    officer = published.officer()

    assert opening_status(published.session, published.challenge.stage).count == 1
    seen = []
    for step in (published.close, published.open):
        step()
        seen.append(hub(published.session, published.reference, officer, published.clock.now()))
    assert [each.lapsed for each in seen] == [0, 1]


def test_bid_of_a_challenge_that_ended_before_closing_has_not_lapsed(
    published: Published, mine: str
) -> None:
    published.weigh()
    published.publish()
    end_without_contract(
        published.reference,
        why=NoAward.NO_MONEY,
        reason="The grant was withdrawn.",
        actor=published.officer(),
        clock=published.clock,
    )

    published.close()

    bid = published.bid(mine).id
    assert renewals(published.session, [bid], published.clock.now()) == {}


def test_change_is_told_to_each_whom_it_concerns_once_and_to_nobody_else(
    published: Published, session: Session, mine: str, rival: User
) -> None:
    scene = published.scene
    drafter = published.a_rival("Drafting Example")[1]
    published.a_bid_of(drafter, submitted=False)
    published.a_rival("Idle Example")
    follower = a_person(session, NOW, None, name="Fay Follower")
    gone = a_person(session, NOW, None, name="Gone Follower")
    gone.active = False
    left = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER, name="Left Officer")
    left.memberships[0].ended_at = NOW
    former = a_person(session, NOW, scene.supplier, Role.SUPPLIER_CONTRIBUTOR, name="Former")
    former.memberships[0].ended_at = NOW
    for person in (follower, gone, scene.admin_user, scene.officers[0], scene.officers[1]):
        session.add(Follow(challenge_id=scene.challenge.id, user_id=person.id, since=NOW))
    session.commit()
    published.weigh()
    published.hand_over()
    before = {each.id for each in published.letters()}

    changing.publish(published.reference, actor=published.officer(0), clock=published.clock)

    told = [each for each in published.letters() if each.id not in before]
    must = {each.to_email for each in told if each.subject.startswith("Confirm your bid")}
    assert must == {scene.admin_user.email, scene.contributor_user.email}
    assert all(f"/bids/{mine}/confirm" in each.text for each in told if each.to_email in must)
    others = sorted(each.to_email for each in told if each.to_email not in must)
    approver = session.get_one(User, scene.challenge.approved_by_id)  # an officer of the body too
    expected = [drafter, follower, scene.officers[1], scene.officers[2], approver, scene.lead]
    assert others == sorted(person.email for person in expected)
    assert rival.email not in others
    assert all("/changes/1" in each.text for each in told)


def reminded(published: Published, instant: datetime) -> list[str]:
    """Do what is due until an instant, and give to whom letters went."""
    before = {each.id for each in published.letters()}
    published.clock.instant = instant
    published.work()
    return [each.to_email for each in published.letters() if each.id not in before]


def test_reminders_go_to_those_who_have_not_confirmed_and_follow_a_moved_closing(
    published: Published, mine: str, rival: User
) -> None:
    other = published.a_bid_of(rival)
    published.weigh("55")
    published.publish()
    published.weigh("50")
    published.publish()  # a second change asks too: still one reminder each time
    confirm(published, mine)
    closes_at = published.scene.closes_at
    later = closes_at + timedelta(days=7)

    assert reminded(published, closes_at - timedelta(days=3)) == [rival.email]
    published.move(later)
    to_rival = [each.text for each in published.letters() if each.to_email == rival.email][-1]
    assert f"/bids/{other}/confirm" in to_rival
    assert "you need not do anything" not in to_rival
    assert reminded(published, closes_at - timedelta(days=1)) == []
    assert reminded(published, closes_at + timedelta(minutes=2)) == []
    assert reminded(published, later - timedelta(days=3)) == [rival.email]
    assert reminded(published, later - timedelta(days=1)) == [rival.email]
    assert reminded(published, later + timedelta(minutes=2)) == [rival.email]
    last = published.letters()[-1]
    assert last.subject.startswith("Your bid does not count")
    assert other in last.text
    assert reminded(published, later + timedelta(hours=1)) == []


def test_bid_that_lapses_again_after_a_reopening_is_recorded_and_told_again(
    published: Published, mine: str
) -> None:
    published.weigh()
    published.publish()
    later = published.scene.closes_at + timedelta(days=5)
    published.close()
    published.move(later)

    told = [reminded(published, later - timedelta(days=days)) for days in (3, 1)]
    lapsed = reminded(published, later + timedelta(minutes=2))

    both = {published.scene.admin_user.email, published.scene.contributor_user.email}
    assert [set(each) for each in (*told, lapsed)] == [both, both, both]
    actions = [e.action for e in log.chain_entries(published.session, published.reference)]
    assert actions.count("bids.lapsed") == 2
    assert actions[-1] == "bids.lapsed"
    assert damage() == []


def test_further_change_that_asks_nothing_leaves_the_earlier_question_open(
    published: Published, mine: str
) -> None:
    published.weigh()
    published.publish()
    published.write()
    before = {each.id for each in published.letters()}
    published.publish()

    told = [
        each
        for each in published.letters()
        if each.id not in before and each.to_email == published.scene.admin_user.email
    ]
    assert [each.subject.partition(",")[0] for each in told] == ["Confirm your bid"]
    assert f"/bids/{mine}/confirm" in told[0].text
    assert "counts: you need not" not in told[0].text


def test_officer_who_follows_and_wants_no_such_mails_is_told_as_an_officer(
    published: Published, session: Session
) -> None:
    officer = published.scene.officers[1]
    follow = Follow(challenge_id=published.scene.challenge.id, user_id=officer.id, since=NOW)
    session.add_all([follow, Unwanted(user_id=officer.id, kind=Kind.FOLLOWED)])
    session.commit()
    published.write()
    before = {each.id for each in published.letters()}
    published.publish()
    end_without_contract(
        published.reference,
        why=NoAward.NO_MONEY,
        reason="The grant was withdrawn.",
        actor=published.officer(),
        clock=published.clock,
    )

    told = [
        each.subject.partition(":")[0]
        for each in published.letters()
        if each.id not in before and each.to_email == officer.email
    ]
    assert told == [
        "Please read a change, then publish it",
        "Change 1 to a challenge",
        "This challenge has ended",
    ]
