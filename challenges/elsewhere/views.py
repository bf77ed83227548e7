"""The page on which a body says where bids go."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import queries
from challenges.elsewhere import policy, service
from challenges.elsewhere.forms import ELSEWHERE, HERE, ChooseForm
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("elsewhere_choice", __name__)


@blueprint.route("/work/challenges/<reference>/where-bids-go", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def choose(reference: str) -> Page:
    """Say whether bids are taken here, or where they go."""
    actor, clock, status = access.current_actor(), access.clock(), 200
    challenge = queries.own_challenge(db.session(), reference, actor)
    form = ChooseForm(
        data={
            "where": ELSEWHERE if challenge.bids_elsewhere else HERE,
            "reference": challenge.elsewhere_reference,
            "link": challenge.elsewhere_link,
        }
    )
    if request.method == "GET":
        ensure(policy.can_choose(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            if form.where.data == ELSEWHERE:
                service.send_elsewhere(
                    reference,
                    notice=form.reference.data or "",
                    link=form.link.data or "",
                    actor=actor,
                    clock=clock,
                )
            else:
                service.take_here(reference, actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Saved: where bids go."))
            return redirect(
                url_for("challenges.section", reference=reference, section="timeline"), 303
            )
    return render_template(
        "challenges/elsewhere/choose.html", challenge=challenge, form=form
    ), status
