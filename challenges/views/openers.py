"""The page on which officers name further officers who may open the bids."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from challenges import openers, policy, queries, service
from challenges.forms.steps import OpenersForm
from challenges.stages.standing import stage_at
from challenges.views.room import AT, AT_STAGE, Page, blueprint, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.audit.stages import FIRST
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure


@blueprint.route(f"{AT}/openers", methods=["GET", "POST"], defaults={"stage": FIRST})
@blueprint.route(f"{AT_STAGE}/openers", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_PUBLISH)
def name_opener(reference: str, stage: int) -> Page:
    """Show who was named to open the bids, and name further officers."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor)
    at = stage_at(challenge, stage)
    form = OpenersForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_name_openers(actor, at, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            new = service.name_openers(
                reference, officers=form.chosen, stage=stage, actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = queries.own_challenge(db.session(), reference, actor)
            at = stage_at(challenge, stage)
        else:
            if new:
                flash(ngettext("%(num)d officer named.", "%(num)d officers named.", new))
            else:
                flash(_("They were named already."))
            return redirect(
                url_for("challenges.name_opener", reference=reference, stage=stage), 303
            )
    named = openers.named_officers(db.session(), at)
    known = {officer.user_id for officer in named}
    candidates = openers.candidates(db.session(), challenge)
    unnamed = [each for each in candidates if each.user_id not in known]
    form.offer(unnamed)
    page = render_template(
        "challenges/openers.html",
        challenge=challenge,
        stage=at,
        form=form,
        named=named,
        able=sum(officer.stands and officer.has_key for officer in named),
        candidates=unnamed,
    )
    return page, status
