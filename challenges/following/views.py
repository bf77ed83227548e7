"""Pages to follow a challenge and to stop following it: for a person, whoever they act for."""

import uuid
from typing import cast

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from challenges import queries
from challenges.following import service
from challenges.following.queries import is_following
from marketplace.core import access
from marketplace.core.access import signed_in
from marketplace.core.database import db

blueprint = Blueprint("following", __name__)


@blueprint.get("/challenges/<reference>/follow")
@signed_in
def show(reference: str) -> str:
    """Ask whether to follow: a visitor comes back here after signing in."""
    session = db.session()
    challenge = queries.public_challenge(session, reference)
    return render_template(
        "finding/follow.html",
        challenge=challenge,
        following=is_following(session, challenge, _person()),
    )


@blueprint.post("/challenges/<reference>/follow")
@signed_in
def follow(reference: str) -> Response:
    """Follow."""
    service.follow(reference, person=_person(), clock=access.clock())
    flash(_("You follow this challenge. We write to you when something changes."))
    return redirect(url_for("challenges.show", reference=reference), 303)


@blueprint.post("/challenges/<reference>/unfollow")
@signed_in
def unfollow(reference: str) -> Response:
    """Stop following."""
    service.unfollow(reference, person=_person())
    flash(_("You no longer follow this challenge."))
    return redirect(url_for("challenges.show", reference=reference), 303)


def _person() -> uuid.UUID:
    return cast(uuid.UUID, current_user.id)
