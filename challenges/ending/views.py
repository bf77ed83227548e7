"""The page on which an officer ends a published challenge without a contract."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import queries
from challenges.ending import policy, service
from challenges.ending.forms import EndForm
from challenges.law import law_holding
from challenges.policy import current_state
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("ending", __name__)


@blueprint.route("/work/challenges/<reference>/end-without-contract", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_CANCEL)
def end(reference: str) -> Page:
    """Say why no contract comes of a challenge, what that does, then end it."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor)
    form, status = EndForm(), 200
    form.offer(policy.reasons_at(current_state(challenge, clock.now())))
    if request.method == "GET":
        ensure(policy.can_end(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.end_without_contract(
                reference,
                why=form.chosen,
                reason=form.reason.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The challenge has ended without a contract. Everybody concerned is told."))
            return redirect(url_for("web.challenge", reference=reference), 303)
    page = render_template(
        "ending/end.html",
        challenge=challenge,
        form=form,
        years=law_holding(challenge, clock.now()).band.retention_years,
    )
    return page, status
