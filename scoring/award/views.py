"""Pages of the decision: result, recommendation, sign-off, contract, and a bidder's outcome."""

import uuid
from collections.abc import Sequence

from flask import (
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from bids.elsewhere.queries import brought_suppliers
from bids.views.watching import watch
from challenges.models import Stage
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.money import money
from marketplace.core.permissions import Permission
from scoring.award import blocking, pages, policy, service
from scoring.award.advancing.queries import was_sifted_back
from scoring.award.again import queries as again
from scoring.award.announcing import rule_to_explain
from scoring.award.complaints import queries as complaints
from scoring.award.contracts import queries as contracts
from scoring.award.contracts.forms import ContractForm
from scoring.award.contracts.signing import keeps_back
from scoring.award.forms import (
    RecommendForm,
    RecommendSeveralForm,
    SignOffForm,
)
from scoring.award.holding import Hold
from scoring.award.letters import requests
from scoring.award.models import Intention
from scoring.award.queries import own_outcome_bid
from scoring.award.recomputing.lifecycle import WHY_WORDS
from scoring.award.standing import rests_ended, was_taken_back
from scoring.award.standstill import Why, why

blueprint = StagedBlueprint("award", __name__)
watch(blueprint, ["award.trace", "award.outcome"])


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"why_words": WHY_WORDS, "lapsed_words": policy.LAPSED}


Answer = str | Response | tuple[str, int]


@blueprint.route("/work/challenges/<reference>/decision/conclude", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR)
def conclude(at: Place) -> Answer:
    """Ask the chair whether to lock quality and see the result; do it."""
    form = BaseForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.conclude_scoring(at, actor=access.current_actor(), clock=access.clock())
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Quality is locked and the result is computed."))
            return _see("award.result", at)
    page = pages.conclude(db.session(), at, access.current_actor())
    return _form("award/conclude.html", form, page, refused)


@blueprint.get("/work/challenges/<reference>/decision")
@requires(
    Permission.AWARD_RECOMMEND,
    Permission.AWARD_APPROVE,
    Permission.CONTRACT_SIGN,
    Permission.RECORD_AUDIT,
)
def result(at: Place) -> str:
    """Show the result, what could change it, and how far the decision has come."""
    actor = access.current_actor()
    page = _result(at)
    # Written before the reading is recorded, which asks for all of it again else, and sent after.
    written = render_template(
        "award/result.html",
        page=page,
        holds=_holds(page),
        why_then=_why_then(page.stage, page.decision.intention),
        again=again.standing(db.session(), page.stage, page.decision, actor),
    )
    if actor.may(Permission.RECORD_AUDIT):
        service.note_result(at, actor=actor, clock=access.clock())
    return written


@blueprint.get("/work/challenges/<reference>/decision/bids/<bid_reference>")
@requires(
    Permission.AWARD_RECOMMEND,
    Permission.AWARD_APPROVE,
    Permission.CONTRACT_SIGN,
    Permission.RECORD_AUDIT,
)
def trace(at: Place, bid_reference: str) -> str:
    """Show how one bid's total came about, after recording that its price is read."""
    page = service.read_trace(at, bid_reference, actor=access.current_actor(), clock=access.clock())
    return render_template("award/trace.html", page=page)


@blueprint.route("/work/challenges/<reference>/decision/recommend", methods=["GET", "POST"])
@requires(Permission.AWARD_RECOMMEND)
def recommend(at: Place) -> Answer:
    """Recommend a bid."""
    page = _result(at)
    form = RecommendForm() if page.winners_most == 1 else RecommendSeveralForm()
    form.bid.choices = list(page.winner_choices)
    refused: DomainError | None = None
    if not form.is_submitted():
        pages.ensure_recommendable(page, access.current_actor())
    if form.validate_on_submit():
        try:
            service.recommend(
                at,
                bids=form.chosen,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Your recommendation is recorded. An approver signs it off now."))
            return _see("award.result", at)
    return _form("award/recommend.html", form, page, refused)


@blueprint.route("/work/challenges/<reference>/decision/sign-off", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def sign_off(at: Place) -> Answer:
    """Show an approver all that bears on the decision; take the decision."""
    if (away := _stale()) is not None:
        return away
    page = _result(at)
    recommended = page.decision.recommendation
    form = SignOffForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.sign_off(
                at,
                recommendation_id=_identifier(form.recommendation.data),
                approved=form.answer.data == "approve",
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            approved = form.answer.data == "approve"
            flash(
                _("Approved. A procurement officer sends the letters to the bidders next.")
                if approved
                else _("Returned to the chair with your reason.")
            )
            return _see("award.result", at)
    if recommended is not None and not form.is_submitted():
        form.recommendation.data = str(recommended.id)
    reading = pages.sign_off(db.session(), page, access.current_actor(), access.clock().now())
    return _form("award/sign_off.html", form, page, refused, reading=reading)


@blueprint.route("/work/challenges/<reference>/decision/contract", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def contract(at: Place) -> Answer:
    """Record the signed contract."""
    if (away := _stale()) is not None:
        return away
    page = _result(at)
    kept = contracts.contracts_of(db.session(), page.challenge)
    open_ones = contracts.offers(
        db.session(), page.stage, page.decision, [each.contract for each in kept]
    )
    form = ContractForm()
    form.bid.choices = list(
        dict.fromkeys(
            (each.bid.reference, f"{each.bid.supplier.name} ({each.bid.reference})")
            for each in open_ones
        )
    )
    form.work.choices = list(dict.fromkeys((each.key, _work_words(each)) for each in open_ones))
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.sign_contract(
                at,
                contract_reference=form.reference.data or "",
                value_minor=form.value.data or 0,
                terms=form.terms(),
                bid_reference=form.bid.data or "",
                work=form.work.data or "",
                supplier_check=form.supplier_check.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("The contract is recorded."))
            return make_response(
                redirect(url_for("contracts.index", reference=at.reference), code=303)
            )
    if not brought_suppliers(db.session(), [each.bid for each in open_ones]):
        del form.supplier_check
    holds = keeps_back(db.session(), page.stage, page.decision, open_ones, access.clock().now())
    if refused is not None:
        _refuse_by_every_hold(form, refused, holds)
    return _form(
        "award/contract.html",
        form,
        page,
        refused,
        holds=holds,
        offers=open_ones,
        kept=kept,
    )


def _refuse_by_every_hold(form: ContractForm, error: DomainError, holds: Sequence[Hold]) -> None:
    """Name all that keeps this contract back, where the refusal names the first of it."""
    messages = [each.message for each in holds if each.keeps(form.bid.data or each.bid)]
    if isinstance(error, WrongMoment) and error.message in messages:
        form.form_errors.extend(_(each) for each in messages if each != error.message)


def _work_words(offer: contracts.Offer) -> str:
    """Say what a contract is for, with what was published of it."""
    if offer.later:
        return str(_("A later purchase of the result"))
    if offer.work is None:
        return str(_("The work of this challenge"))
    name = offer.work.name
    if offer.work.amount_minor is None:
        return name
    return f"{name}: {money(offer.work.amount_minor)}"


@blueprint.get("/bids/<reference>/outcome")
@requires(Permission.BID_DRAFT, Permission.BID_SUBMIT)
def outcome(reference: str) -> str:
    """Show a bidder own scores and reasons, and whom the body intends to award."""
    actor = access.current_actor()
    bid = own_outcome_bid(db.session(), reference, actor.organisation_id)
    if was_taken_back(db.session(), bid.challenge.reference, bid.stage_id):
        return render_template("again/outcome.html", bid=bid, leads_on=False)
    if was_sifted_back(db.session(), bid.stage_id):
        return render_template("again/outcome.html", bid=bid, leads_on=True)
    return outcome_page(reference)


def outcome_page(reference: str, form: BaseForm | None = None) -> str:
    """Render a bidder's outcome, with what was wrong in a form on it."""
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    page = pages.outcome(session, reference, actor)
    return render_template(
        "award/outcome.html",
        page=page,
        why_then=_why_then(page.stage, page.intention),
        held={each.kind for each in complaints.keeping_back(session, page.stage, now)},
        rests_ended=rests_ended(session, [page.stage.id]) if page.signed_names else (),
        may_ask=requests.may_ask(page.letters, page.asked_more, actor, now).allowed,
        **({"form": form} if form else {}),
    )


def _result(at: Place) -> pages.ResultPage:
    return pages.result(db.session(), at, access.current_actor(), _colour(), access.clock().now())


def _why_then(stage: Stage, intention: Intention | None) -> Sequence[Why]:
    """Say why a standstill that runs ends when it does."""
    if intention is None or access.clock().now() >= intention.standstill_ends_at:
        return ()
    rule = rule_to_explain(stage)
    return why(rule, intention.announced_at, intention.standstill_ends_at) if rule else ()


def _holds(page: pages.ResultPage) -> Sequence[Hold]:
    """Give what must happen before a contract of an announced award can be signed."""
    found = page.decision
    if not found.unsigned:
        return ()
    return blocking.holds(db.session(), page.stage, access.clock().now(), found)


def _form(
    template: str,
    form: BaseForm,
    page: object,
    refused: DomainError | None,
    **more: object,
) -> Answer:
    """Show a form: 200 at first, 422 or 409 with what is wrong; what was typed is still there."""
    status = 200
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
    return render_template(template, form=form, page=page, **more), status


def _stale() -> Response | None:
    """Have the password given again before a form that decides about money is opened.

    A form that is open already is taken, so that no reason typed into it is lost.
    """
    return stale_sign_in() if request.method == "GET" else None


def _identifier(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        raise Invalid(_("Load the page again, then decide.")) from None


def _colour() -> str:
    return access.current_settings().brand_colour


def _see(endpoint: str, at: Place) -> Response:
    return make_response(redirect(url_for(endpoint, reference=at.reference), code=303))
