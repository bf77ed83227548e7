"""Who may ask, answer and read questions, and when. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges import policy
from challenges.asking.lifecycle import asked_until
from challenges.lifecycle import State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.asking.models import ClarificationAnswer
    from challenges.models import Challenge

_NOT_YOURS = N_("This challenge belongs to another organisation.")


def asking_ends(challenge: "Challenge") -> datetime | None:
    """Give the instant from which questions about the challenge are too late; None: none are."""
    if challenge.bids_elsewhere:
        return None  # whoever bids there asks there, where all others read the answer
    stage = challenge.stage
    return asked_until(stage.closes_at, challenge.published_at, stage.questions_until)


def takes_questions(challenge: "Challenge", now: datetime) -> bool:
    """Tell whether questions are taken at `now`: it is open, and their time is not over."""
    ends = asking_ends(challenge)
    is_open = policy.current_state(challenge, now) is State.OPEN
    return is_open and ends is not None and now < ends


def can_ask(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may ask: for a supplier, while it is open, until questions end."""
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Only people who act for a supplier ask questions here."))
    if policy.current_state(challenge, now) is not State.OPEN:
        return wrong_moment(N_("This challenge is not open, so no more questions can be asked."))
    if challenge.bids_elsewhere:
        return wrong_moment(
            N_("Bids for this challenge go elsewhere, and so do questions. Its page says where.")
        )
    if not takes_questions(challenge, now):
        return wrong_moment(
            N_(
                "The time for questions is over, so that every answer comes early enough for all. "
                "You can still read the answers, and bid until the challenge closes."
            )
        )
    return ALLOWED


def can_read(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may read what waits, the drafts, and what was answered privately.

    Not whoever judges bids: a private question may tell whose idea it was.
    """
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not (actor.may(Permission.CHALLENGE_WRITE) or actor.may(Permission.RECORD_AUDIT)):
        return lacks_right(N_("Only the challenge lead, officers and auditors see this page."))
    return ALLOWED


def can_answer(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may write, publish and correct answers: until bids close."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer answers questions."))
    if policy.current_state(challenge, now) is not State.OPEN:
        return wrong_moment(
            N_("This challenge is not open any more, so nothing new can be said to bidders.")
        )
    return ALLOWED


def can_answer_privately(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may answer the asker alone: an officer, for it favours one bidder."""
    answer = can_answer(actor, challenge, now)
    if answer.allowed and not actor.may(Permission.CHALLENGE_PUBLISH):
        return lacks_right(N_("Only a procurement officer answers a question privately."))
    return answer


def can_publish(
    actor: Actor, challenge: "Challenge", answer: "ClarificationAnswer", now: datetime
) -> Answer:
    """Tell whether the actor may publish a draft, to everybody or to the asker as it says."""
    private = answer.private_because is not None
    allowed = (can_answer_privately if private else can_answer)(actor, challenge, now)
    if allowed.allowed and answer.published_at is not None:
        return wrong_moment(N_("This answer is published already."))
    return allowed


def can_correct(
    actor: Actor, challenge: "Challenge", answer: "ClarificationAnswer", now: datetime
) -> Answer:
    """Tell whether the actor may put a new version of an answer that everybody can read."""
    allowed = can_answer(actor, challenge, now)
    if allowed.allowed and answer.number is None:
        return wrong_moment(N_("Only an answer that everybody can read is corrected here."))
    return allowed
