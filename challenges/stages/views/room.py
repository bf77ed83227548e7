"""What the pages of stages share: the blueprint, and a draft that the actor may write."""

from flask import Blueprint, request

from challenges import policy, queries
from challenges.models import Challenge
from marketplace.core import access
from marketplace.core.database import db
from marketplace.core.permissions import ensure

blueprint = Blueprint("stages", __name__)

AT = "/work/challenges/<reference>/write/stages"


def own(reference: str) -> Challenge:
    """Give a challenge of the actor's body with all that hangs on it."""
    return queries.own_challenge(db.session(), reference, access.current_actor(), whole=True)


def to_write(reference: str) -> Challenge:
    """Give a challenge for a page that writes it.

    What was sent is left to the use case to refuse, so that the page can show it again.

    Raises:
        Forbidden, WrongMoment: the page is only asked for, and the actor may not write the
            challenge, or not now.
    """
    challenge = own(reference)
    if request.method != "POST":
        ensure_writable(challenge)
    return challenge


def ensure_writable(challenge: Challenge) -> None:
    """Refuse a page for writing where nothing can be written.

    Raises:
        Forbidden, WrongMoment: the actor may not write the challenge, or not now.
    """
    ensure(policy.can_write(access.current_actor(), challenge, access.clock().now()))
