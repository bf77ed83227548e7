"""Ending without a contract: the reason is public, those concerned are told, bids stay sealed."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from challenges.ending.service import end_without_contract
from challenges.following.models import Follow
from challenges.lifecycle import NoAward, State
from marketplace.core.access import current_files
from marketplace.core.audit import log
from marketplace.core.errors import Forbidden, Invalid, WrongMoment
from tests.conftest import NOW, sign_in
from tests.factories import a_person
from tests.integration.bids.damage import damage
from tests.integration.challenges.browser import send
from tests.integration.changes.conftest import Published


def end(published: Published, why: NoAward = NoAward.NO_MONEY) -> None:
    end_without_contract(
        published.reference,
        why=why,
        reason="The grant was withdrawn.",
        actor=published.officer(),
        clock=published.clock,
    )


def test_ending_tells_bidders_drafters_and_followers_once_and_opens_nothing(
    published: Published, session: Session
) -> None:
    scene = published.scene
    bid = scene.written_bid(published.clock)
    published.submit(bid, scene.admin)
    drafter = published.a_rival("Drafting Example")[1]
    published.a_bid_of(drafter, submitted=False)
    published.a_rival("Idle Example")
    follower = a_person(session, NOW, None, name="Fay Follower")
    for person in (follower, drafter):
        session.add(Follow(challenge_id=scene.challenge.id, user_id=person.id, since=NOW))
    session.commit()
    before = {each.id for each in published.letters()}

    end(published)

    told = [each for each in published.letters() if each.id not in before]
    approver = scene.challenge.approved_by_id
    addresses = [each.to_email for each in told if each.user_id != approver]
    concerned = [
        *(scene.admin_user, scene.contributor_user, drafter, follower),
        *(scene.lead, scene.officers[1], scene.officers[2]),
    ]
    assert sorted(addresses) == sorted(each.email for each in concerned)
    assert all("The grant was withdrawn." in each.text for each in told)
    bidder = next(each for each in told if each.to_email == scene.admin_user.email)
    assert "Saturday 1 December 2029" in bidder.text
    held = published.bid(bid)
    assert held.state is BidState.SUBMITTED
    assert current_files().path(held.submissions[0].sha256).exists()
    published.close()
    actions = [e.action for e in log.chain_entries(session, published.reference)]
    assert actions[-1] == "challenge.not_awarded"
    assert damage() == []


def test_reason_its_kind_and_how_long_records_are_kept_stand_on_the_public_page(
    published: Published, client: FlaskClient
) -> None:
    sign_in(client, published.scene.officers[0])
    path = f"/work/challenges/{published.reference}/end-without-contract"

    early = client.get(path).text
    assert "The money is no longer there" in early
    assert "No bid was suitable" not in early
    unknown = send(client, path, {"why": "no_suitable_bid", "reason": "Too few came."})
    assert unknown.status_code == 422
    assert "does not fit now" in unknown.text
    published.open()
    sign_in(client, published.scene.officers[0])
    refused = send(client, path, {"reason": "Too few came."})
    assert refused.status_code == 422
    assert "Choose why no contract comes of it." in refused.text
    assert "Too few came." in refused.text
    made = send(client, path, {"why": "no_suitable_bid", "reason": "Too few came."})
    assert made.status_code == 303

    public = client.get(f"/challenges/{published.reference}").text
    assert "No bid was suitable" in public
    assert "Too few came." in public
    assert "Ended without a contract" in public
    assert "Cancelled" not in public
    assert "kept until at least" in public
    assert published.challenge.state is State.CANCELLED


def test_only_officers_end_it_with_a_reason_and_not_after_a_contract(
    published: Published, session: Session
) -> None:
    with pytest.raises(Forbidden):
        end_without_contract(
            published.reference,
            why=NoAward.OTHER,
            reason="Because.",
            actor=published.lead,
            clock=published.clock,
        )
    with pytest.raises(Invalid):
        end_without_contract(
            published.reference,
            why=NoAward.OTHER,
            reason=" ",
            actor=published.officer(),
            clock=published.clock,
        )
    published.challenge.state = State.SIGNED
    session.commit()
    with pytest.raises(WrongMoment):
        end(published)
