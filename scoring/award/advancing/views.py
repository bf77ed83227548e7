"""Pages of who goes on from a stage: the list with its line, ties, the proposal, the answer."""

import uuid

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid, NotFound, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_
from scoring.award import pages, queries
from scoring.award import policy as awards
from scoring.award.advancing import policy, service
from scoring.award.advancing.forms import AnswerForm, CutOffForm, ProposeForm
from scoring.award.advancing.queries import Progress
from scoring.award.low_prices import policy as prices
from scoring.award.pages import ResultPage
from scoring.award.recomputing.lifecycle import WHY_WORDS
from scoring.award.service import note_result

blueprint = StagedBlueprint("advancing", __name__, "/decision/advance")
blueprint.context_processor(lambda: {"why_words": WHY_WORDS, "lapsed_words": policy.LAPSED})

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@requires(*awards.READERS)
def show(at: Place) -> str:
    """Show who goes on by the plan, where the line is, and how far it is decided."""
    page, now = _page(at)
    actor, chair = access.current_actor(), queries.chair_id(page.decision.panel)
    advance = now.advance
    written = render_template(
        "advancing/show.html",
        page=page,
        now=now,
        may_cut_off=policy.can_decide_cut_off(actor, chair, now.standing),
        may_propose=policy.can_propose(actor, chair, now.standing),
        may_answer=policy.can_answer(
            actor,
            now.standing,
            proposed_by_id=advance.proposed_by_id if advance else None,
            answered=advance is not None and advance.answer is not None,
            lapsed=now.lapsed,
            unnamed=queries.judges_unnamed(page.stage, page.decision.panel, actor),
        ),
    )
    if actor.may(Permission.RECORD_AUDIT):
        note_result(at, actor=actor, clock=access.clock())
    return written


@blueprint.route("/tie", methods=["GET", "POST"])
@requires(Permission.AWARD_RECOMMEND)
def cut_off(at: Place) -> Answer:
    """Decide which of the bids that tie for the last place go on."""
    page, now = _page(at)
    form = CutOffForm()
    form.chosen.choices = [
        (bid, f"{page.names[bid]} ({bid})") for bid in (now.open_line.tied if now.open_line else ())
    ]
    refused: DomainError | None = None
    if not form.is_submitted():
        ensure(
            policy.can_decide_cut_off(
                access.current_actor(), queries.chair_id(page.decision.panel), now.standing
            )
        )
    if form.validate_on_submit():
        try:
            service.decide_cut_off(
                at,
                form.chosen.data or [],
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("It is recorded which of them go on. Now propose the list."))
            return _see(at)
    return _form("advancing/cut_off.html", form, page, now, refused)


@blueprint.route("/propose", methods=["GET", "POST"])
@requires(Permission.AWARD_RECOMMEND)
def propose(at: Place) -> Answer:
    """Propose that those go on who are above the line."""
    page, now = _page(at)
    form = ProposeForm()
    refused: DomainError | None = None
    if not form.is_submitted():
        ensure(
            policy.can_propose(
                access.current_actor(), queries.chair_id(page.decision.panel), now.standing
            )
        )
        ensure(prices.can_go_on(page.price_flags))
    if form.validate_on_submit():
        try:
            service.propose(
                at,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Your proposal is recorded. An approver confirms it now."))
            return _see(at)
    return _form("advancing/propose.html", form, page, now, refused)


@blueprint.route("/confirm", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def confirm(at: Place) -> Answer:
    """Show an approver all that bears on who goes on; take the decision."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    page, now = _page(at)
    form = AnswerForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        confirmed = form.answer.data == "confirm"
        try:
            service.answer(
                at,
                advance_id=_identifier(form.advance.data),
                confirmed=confirmed,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(
                _("Confirmed. The suppliers who go on are invited, and the others are told.")
                if confirmed
                else _("Returned to the chair with your reason.")
            )
            return _see(at)
    if now.advance is not None and not form.is_submitted():
        form.advance.data = str(now.advance.id)
    return _form("advancing/confirm.html", form, page, now, refused)


def _page(at: Place) -> tuple[ResultPage, Progress]:
    page = pages.result(
        db.session(),
        at,
        access.current_actor(),
        access.current_settings().brand_colour,
        access.clock().now(),
    )
    if page.advance is None:
        raise NotFound(N_("Nobody goes on from this stage: it is the last one that is judged."))
    return page, page.advance


def _form(
    template: str, form: BaseForm, page: ResultPage, now: Progress, refused: DomainError | None
) -> Answer:
    """Show a form: 200 at first, 422 or 409 with what is wrong; what was typed is still there."""
    status = 200
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
    return render_template(template, form=form, page=page, now=now), status


def _see(at: Place) -> Response:
    return make_response(redirect(url_for("advancing.show", reference=at.reference), code=303))


def _identifier(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Invalid(_("Load the page again, then decide.")) from None
