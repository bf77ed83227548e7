"""The officers' pages of a challenge's stages: where each stands, and beginning the next one."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids import drafts
from bids.inviting import policy, queries, service
from bids.inviting.forms import BeginForm
from bids.views.room import Page, refused
from challenges import openers, readiness
from challenges.law import midday_after
from challenges.queries import own_challenge
from challenges.stages.kinds import KIND_WORDS
from challenges.stages.standing import STAGE_STATE_WORDS, stage_at, state_of
from challenges.views.room import AT, AT_STAGE
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("inviting", __name__)

# What suppliers usually have to answer once more: they know the challenge already.
_USUAL = timedelta(days=14)


@blueprint.get(f"{AT}/stages")
@requires(Permission.CHALLENGE_READ_OWN)
def index(reference: str) -> str:
    """List the stages of a challenge: where each stands, and what comes next."""
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    challenge = own_challenge(session, reference, actor)
    return render_template(
        "inviting/index.html",
        challenge=challenge,
        rows=queries.rows(session, challenge, now),
        state_words=STAGE_STATE_WORDS,
        kind_words=KIND_WORDS,
    )


@blueprint.route(f"{AT_STAGE}/begin", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_PUBLISH)
def begin(reference: str, stage: int) -> Page:
    """Say how the invited suppliers take part, until when and who opens; then begin the stage."""
    session, actor, clock = db.session(), access.current_actor(), access.clock()
    challenge = own_challenge(session, reference, actor)
    at, now = stage_at(challenge, stage), clock.now()
    form = BeginForm(data={"closes_at": _usual_closing(now)})
    asked = drafts.asked_of(at)
    hearing = policy.can_be_heard(
        price=asked.price, files=asked.files is not None, names_withheld=at.names_withheld
    )
    form.offer_hearing(possible=hearing)
    invited, status = queries.waiting(session, at), 200
    if request.method == "GET":
        ensure(
            policy.can_open_stage(
                actor, own=True, state=state_of(challenge, at, now), invited=invited
            )
        )
    elif not form.validate():
        status = 422
    else:
        try:
            service.open_stage(
                reference,
                stage,
                source=form.way,
                closes_at=form.closes_at.data,
                openers_named=form.chosen,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own_challenge(session, reference, actor)
            at = stage_at(challenge, stage)
        else:
            flash(_("The stage has begun. The suppliers who go on are told by e-mail."))
            return redirect(url_for("inviting.index", reference=reference), 303)
    candidates = openers.candidates(session, challenge)
    form.offer(candidates)
    closes_at = form.closes_at.data
    page = render_template(
        "inviting/begin.html",
        challenge=challenge,
        stage=at,
        form=form,
        invited=invited,
        hearing=hearing,
        asked=asked,
        candidates=candidates,
        fewest=openers.FEWEST,
        findings=list(readiness.of_closing(closes_at)) if form.errors and closes_at else [],
    )
    return page, status


def _usual_closing(now: datetime) -> datetime:
    return midday_after(now, _USUAL.days)
