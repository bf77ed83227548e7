"""Who is told what when a challenge moves through review."""

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import service
from challenges.lifecycle import State
from marketplace.core.clock import FixedClock
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.factories import a_body, a_challenge, a_person, actor_for


def told(session: Session) -> dict[str, str]:
    """Give each message's subject by its address."""
    return {notice.to_email: notice.subject for notice in session.scalars(select(Notice))}


def test_submitting_for_review_asks_the_own_officers_and_nobody_else(
    app: Flask, session: Session, clock: FixedClock
) -> None:
    now = clock.now()
    body, other = a_body(session, now), a_body(session, now, "Other Council")
    lead = a_person(session, now, body, Role.CHALLENGE_LEAD)
    officer = a_person(session, now, body, Role.PROCUREMENT_OFFICER)
    a_person(session, now, other, Role.PROCUREMENT_OFFICER)
    challenge = a_challenge(session, now, body, lead)
    session.commit()
    service.submit_for_review(challenge.reference, actor=actor_for(lead), clock=clock)
    assert told(session) == {officer.email: f"Please review: {challenge.title}"}
    text = session.scalars(select(Notice.text)).one()
    assert f"/work/challenges/{challenge.reference}/review" in text


def test_returning_and_approving_tell_the_lead(
    app: Flask, session: Session, clock: FixedClock
) -> None:
    now = clock.now()
    body = a_body(session, now)
    lead = a_person(session, now, body, Role.CHALLENGE_LEAD)
    officer = a_person(session, now, body, Role.PROCUREMENT_OFFICER)
    returned = a_challenge(session, now, body, lead, State.IN_REVIEW)
    approved = a_challenge(session, now, body, lead, State.IN_REVIEW, title="How can we wait?")
    session.commit()
    service.return_to_draft(
        returned.reference, reason="Say how many wait.", actor=actor_for(officer), clock=clock
    )
    service.approve(
        approved.reference, because="It says enough.", actor=actor_for(officer), clock=clock
    )
    notices = {notice.subject: notice for notice in session.scalars(select(Notice))}
    assert set(notices) == {f"Returned to you: {returned.title}", "Approved: How can we wait?"}
    assert {notice.to_email for notice in notices.values()} == {lead.email}
    assert "Say how many wait." in notices[f"Returned to you: {returned.title}"].text
