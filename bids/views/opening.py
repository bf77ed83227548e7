"""The officers' pages: their passphrase, opening the bids, reading them, deciding who may bid."""

from typing import cast

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_login import current_user

from bids import openings, policy, queries, service
from bids.asking import policy as asking
from bids.asking import queries as bid_queries
from bids.evidence import queries as evidence
from bids.forms import OpeningForm, PassphraseForm
from bids.grounds.deciding import to_decide
from bids.grounds.forms import decision_form
from bids.lifecycle import BidState, opens_from
from bids.models import EligibilityFinding
from bids.opened_bid import FLAW_WORDS, OpenedBid
from bids.passport import compared, readings
from bids.passport.answers import Values
from bids.passport.kinds import Subject
from bids.team import queries as teams
from bids.views.room import Page, refused, words
from bids.views.watching import watch, watch_opening
from challenges.lifecycle import State
from challenges.models import Stage
from challenges.queries import own_challenge
from challenges.stages.kinds import Source
from challenges.stages.standing import next_judged, stage_at, stored_state
from challenges.views.room import AT, AT_STAGE
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts import events, limits
from marketplace.core.accounts.models import User
from marketplace.core.accounts.sessions import second_factor_given, stale_sign_in
from marketplace.core.audit.stages import FIRST
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, Invalid, WrongMoment
from marketplace.core.permissions import Actor, Answer, Permission, ensure
from marketplace.core.text import N_

blueprint = Blueprint("opening", __name__)
blueprint.context_processor(words)
watch(blueprint, ["opening.bids", "opening.bid", "opening.decide"])
watch_opening(blueprint, "opening.confirm")

_HERE = {"stage": FIRST}
_READERS = (Permission.BID_READ_OPENED, Permission.RECORD_AUDIT)
# Enough for whoever must try what they remember, and no way to guess one of four words.
_RATE = "10 per hour"


@blueprint.context_processor
def _flaws() -> dict[str, object]:
    return {"flaw_words": FLAW_WORDS, "register_differences": compared.differences}


@blueprint.route("/work/opening-passphrase", methods=["GET", "POST"])
@requires(Permission.BID_OPEN)
def passphrase() -> Page:
    """Explain what an opening passphrase does, and set a new one."""
    if (away := stale_sign_in()) is not None:
        return away
    actor, form, status = access.current_actor(), PassphraseForm(), 200
    if request.method == "POST" and current_user.demo_role:
        raise Forbidden(N_("Visitors share this person, so the passphrase cannot be changed."))
    if request.method == "POST" and form.validate():
        try:
            service.set_opening_passphrase(
                form.passphrase.data or "", actor=actor, clock=access.clock()
            )
        except Invalid as error:
            status = refused(form, error)
        else:
            flash(_("Your opening passphrase is set."))
            return redirect(url_for("opening.passphrase"), 303)
    elif request.method == "POST":
        status = 422
    since = openings.key_since(db.session(), actor.user_id)
    return render_template("opening/passphrase.html", form=form, since=since), status


@blueprint.get(f"{AT}/opening", defaults=_HERE)
@blueprint.get(f"{AT_STAGE}/opening")
@requires(Permission.BID_OPEN)
def show(reference: str, stage: int) -> Page:
    """Show who was named and has confirmed, what the opening does, and how far it has come."""
    if (away := stale_sign_in()) is not None:
        return away
    at = _stage(reference, stage)
    if at.challenge.bids_elsewhere:
        return redirect(url_for("elsewhere.show", reference=reference))
    return _opening_page(at, OpeningForm(), 200)


@blueprint.post(f"{AT}/opening/test", defaults=_HERE)
@blueprint.post(f"{AT_STAGE}/opening/test")
@requires(Permission.BID_OPEN)
def rehearse(reference: str, stage: int) -> Page:
    """Test before closing that the officer can open the bids, with a test envelope."""
    if (away := stale_sign_in()) is not None:
        return away
    actor, clock, form = access.current_actor(), access.clock(), OpeningForm()
    status = 422
    if form.validate():
        try:
            service.rehearse_opening(
                reference,
                passphrase=form.passphrase.data or "",
                stage=stage,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
        else:
            flash(_("It works: your passphrase and the service's key open a test envelope."))
            return redirect(url_for("opening.show", reference=reference, stage=stage), 303)
    return _opening_page(_stage(reference, stage), form, status)


@blueprint.post(f"{AT}/opening", defaults=_HERE)
@blueprint.post(f"{AT_STAGE}/opening")
@requires(Permission.BID_OPEN)
def confirm(reference: str, stage: int) -> Page:
    """Sign for the opening as one of two officers, each at a sign-in of their own."""
    if (away := stale_sign_in()) is not None:
        return away
    actor, clock, form = access.current_actor(), access.clock(), OpeningForm()
    # Whoever may not open is told so, whatever is in the form.
    second_factor, status = second_factor_given(), 422
    at = _stage(reference, stage)
    if not form.validate():
        ensure(_answer(at, actor, queries.opening_status(db.session(), at)))
        return _opening_page(at, form, status)
    try:
        both = service.confirm_opening(
            reference,
            passphrase=form.passphrase.data or "",
            second_factor=second_factor,
            stage=stage,
            actor=actor,
            clock=clock,
        )
    except (Invalid, WrongMoment) as error:
        status = _refused(form, error)
        if isinstance(error, service.WrongPassphrase):
            service.record_refused_opening(
                status,
                challenge=reference,
                second_factor=second_factor,
                stage=stage,
                actor=actor,
                clock=clock,
            )
        return _opening_page(_stage(reference, stage), form, status)
    if both:
        flash(_("Two officers have confirmed. The bids are being opened now."))
    else:
        flash(_("You have confirmed. A second officer must confirm too."))
    return redirect(url_for("opening.show", reference=reference, stage=stage), 303)


def _refused(form: OpeningForm, error: Invalid | WrongMoment) -> int:
    """Put a refusal into the form; a wrong passphrase is shown on the officer's account too."""
    if isinstance(error, service.WrongPassphrase):
        events.record_refused("opening_passphrase_failed", cast(User, current_user))
    return refused(form, error)


def _stage(reference: str, number: int) -> Stage:
    challenge = own_challenge(db.session(), reference, access.current_actor())
    return stage_at(challenge, number)


def _answer(stage: Stage, actor: Actor, standing: openings.OpeningStatus) -> Answer:
    return policy.can_confirm_opening(
        actor,
        verified=stage.challenge.buyer.verified_at is not None,
        state=stored_state(stage.challenge, stage),
        closes_at=stage.closes_at,
        now=access.clock().now(),
        named=standing.officer(actor.user_id) is not None,
        second_factor=second_factor_given(),
        opened=standing.opened,
        confirmed=[officer.officer_id for officer in standing.confirmed],
    )


def _opening_page(stage: Stage, form: OpeningForm, status: int) -> Page:
    actor, now = access.current_actor(), access.clock().now()
    standing = queries.opening_status(db.session(), stage)
    own = standing.officer(actor.user_id)
    page = render_template(
        "opening/show.html",
        challenge=stage.challenge,
        stage=stage,
        standing=standing,
        own=own,
        closed=stage.closes_at is not None and now >= stage.closes_at,
        opens_from=opens_from(stage.closes_at) if stage.closes_at else None,
        answer=_answer(stage, actor, standing),
        testing=policy.can_rehearse(
            actor,
            state=stored_state(stage.challenge, stage),
            closes_at=stage.closes_at,
            now=now,
            named=own is not None,
        ),
        form=form,
    )
    return page, status


@blueprint.get(f"{AT}/bids", defaults=_HERE)
@blueprint.get(f"{AT_STAGE}/bids")
@requires(*_READERS)
def bids(reference: str, stage: int) -> str:
    """List the opened bids by supplier, without what they say."""
    session, actor = db.session(), access.current_actor()
    at = _stage(reference, stage)
    state = stored_state(at.challenge, at)
    ensure(policy.can_read_opened(actor, state, opened=queries.is_opened(session, at.id)))
    return render_template(
        "opening/bids.html",
        challenge=at.challenge,
        stage=at,
        state=state,
        bids=queries.opened_bids(session, at.id),
        deciding=_deciding(actor, state),
        leads_on=next_judged(at.challenge, at) is not None,
    )


@blueprint.get(f"{AT}/bids/<bid_reference>")
@requires(*_READERS)
def bid(reference: str, bid_reference: str) -> str:
    """Show one opened bid, after recording that it is read."""
    actor = access.current_actor()
    reading = service.read_bid(reference, bid_reference, actor=actor, clock=access.clock())
    return render_template(
        "opening/bid.html",
        reading=reading,
        bid=reading.bid,
        gone=teams.gone_from(db.session(), reading.bid.bid_id) if reading.bid.team else {},
        sees_price=policy.may_see_price(actor, reading.state),
        deciding=_deciding(actor, reading.state),
        asks=asking.can_ask(actor, reading.state, reading.bid.state).allowed
        and reading.bid.received is not Source.ELSEWHERE,
        asked=[
            (query, asking.standing(query, access.clock().now()))
            for query in bid_queries.of_bid(db.session(), reading.bid.bid_id)
            if asking.may_read(actor, reading.state, query)
        ],
    )


@blueprint.route(f"{AT}/bids/<bid_reference>/eligibility", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE)
def decide(reference: str, bid_reference: str) -> Page:
    """Decide about a bid's eligibility and each declared ground, with the reasons."""
    actor, clock, status = access.current_actor(), access.clock(), 200
    form = None
    if request.method == "POST":
        form = decision_form(
            *to_decide(db.session(), reference, bid_reference, actor=actor, at=clock.now())
        )()
        if not form.validate():
            status = 422
        else:
            try:
                at = service.decide_eligibility(
                    reference,
                    bid_reference,
                    finding=EligibilityFinding(form.finding.data),
                    reason=form.reason.data or "",
                    found=form.found,
                    actor=actor,
                    clock=clock,
                )
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
            else:
                flash(_("Your decision about bid %(bid)s is recorded.", bid=bid_reference))
                return redirect(url_for("opening.bids", reference=reference, stage=at), 303)
    # The declaration is part of the bid, so showing it is reading the bid.
    reading = service.read_bid(
        reference,
        bid_reference,
        actor=actor,
        clock=clock,
        # What was typed comes back even where the moment to decide has passed.
        to_decide=form is None,
    )
    page = render_template(
        "opening/decide.html",
        reading=reading,
        bid=reading.bid,
        form=form or decision_form(reading.grounds, reading.others)(),
        registered=readings.of_answer(
            db.session(), reading.bid.supplier_id, _identity(reading.bid)
        ),
        checks=evidence.seen_by_body(
            db.session(), reading.bid.supplier_id, actor.organisation_id, clock.now()
        ),
    )
    return page, status


def _identity(bid: OpenedBid) -> Values | None:
    """Give what the bidder said of itself in the passport that was sealed with its bid."""
    answer = bid.passport.get(Subject.IDENTITY.value)
    return answer.values if answer else None


def _deciding(actor: Actor, state: State) -> bool:
    """Tell whether the actor decides about eligibility now."""
    return policy.can_decide_eligibility(actor, state, BidState.VALID).allowed


@blueprint.record
def _limit(state: BlueprintSetupState) -> None:
    """Limit the guesses at a passphrase once the views are in the application."""
    guesses = [f"{blueprint.name}.{view}" for view in ("confirm", "rehearse")]
    limits.limit_guessing(cast(Flask, state.app), guesses, _RATE)
