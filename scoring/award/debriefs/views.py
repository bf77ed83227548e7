"""Pages of debrief meetings for officers: who asked, times, and what was said."""

import uuid
from collections.abc import Callable

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from challenges.models import Stage
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from challenges.stages.queries import own_stage
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.award import queries as awards
from scoring.award.complaints import policy as reading
from scoring.award.debriefs import policy, queries, service
from scoring.award.debriefs.forms import OfferForm, RecordForm
from scoring.award.debriefs.lifecycle import STANDING_WORDS

blueprint = StagedBlueprint("debriefs", __name__)
blueprint.context_processor(lambda: {"debrief_standing_words": STANDING_WORDS})

Page = str | Response | tuple[str, int]

_AT = "/work/challenges/<reference>/decision/debriefs"


@blueprint.get(_AT)
@requires(*reading.READERS)
def index(at: Place) -> str:
    """List the debrief meetings that bidders asked for."""
    stage = _readable(at)
    return render_template(
        "debriefs/index.html",
        stage=stage,
        challenge=stage.challenge,
        meetings=queries.meetings(db.session(), stage, access.clock().now()),
    )


@blueprint.route(f"{_AT}/<uuid:debrief_id>/offer", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def offer(at: Place, debrief_id: uuid.UUID) -> Page:
    """Offer times for a meeting, or others instead."""
    stage, form = _readable(at), OfferForm()
    actor, clock = access.current_actor(), access.clock()
    meeting = queries.meeting(db.session(), stage, debrief_id, clock.now())
    if not form.is_submitted():
        ensure(policy.can_offer(actor, meeting.standing))

    def act() -> None:
        service.offer(at, debrief_id, form.offer, actor=actor, clock=clock)
        flash(_("The times are offered. The bidder is told and chooses one."))

    return _answered(form, act, "debriefs/offer.html", stage, meeting)


@blueprint.route(f"{_AT}/<uuid:debrief_id>/record", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def record(at: Place, debrief_id: uuid.UUID) -> Page:
    """Record who was at a meeting and what was said."""
    stage, form = _readable(at), RecordForm()
    actor, clock = access.current_actor(), access.clock()
    meeting = queries.meeting(db.session(), stage, debrief_id, clock.now())
    if not form.is_submitted():
        ensure(policy.can_record(actor, meeting.standing))

    def act() -> None:
        service.record(
            at,
            debrief_id,
            attended=form.attended.data or "",
            notes=form.notes.data or "",
            actor=actor,
            clock=clock,
        )
        flash(_("The meeting is recorded. The bidder can read it."))

    return _answered(form, act, "debriefs/record.html", stage, meeting)


def _readable(at: Place) -> Stage:
    session, actor = db.session(), access.current_actor()
    stage = own_stage(session, at, actor)
    panel = awards.panel_of(session, stage.id)
    ensure(
        reading.can_read(
            actor,
            chair_id=awards.chair_id(panel),
            unnamed=awards.judges_unnamed(stage, panel, actor),
        )
    )
    return stage


def _answered(
    form: BaseForm,
    act: Callable[[], None],
    template: str,
    stage: Stage,
    meeting: queries.Meeting,
) -> Page:
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                act()
            except (Invalid, WrongMoment) as error:
                form.refuse(error)
                status = 409 if isinstance(error, WrongMoment) else 422
            else:
                to = url_for("debriefs.index", reference=stage.challenge.reference)
                return make_response(redirect(to, code=303))
    page = render_template(
        template, form=form, stage=stage, challenge=stage.challenge, meeting=meeting
    )
    return page, status
