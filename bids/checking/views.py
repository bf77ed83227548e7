"""Pages of the quick check: the questions, and what they come to. Nobody needs an account."""

from flask import Blueprint, current_app, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bids import queries
from bids.checking import carried, outcome, policy
from bids.checking.forms import form_of
from bids.checking.questions import questions
from bids.checking.shapes import Facts, Key, Question
from bids.policy import NOT_HERE
from challenges.asking import policy as asking
from challenges.kinds import PriceModel
from challenges.law import law_holding
from challenges.models import Challenge
from challenges.queries import public_challenge
from marketplace.core import access
from marketplace.core.access import public, signed_in
from marketplace.core.database import db
from marketplace.core.dates import format_date, format_instant
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("checking", __name__)

_AT = "/challenges/<reference>/check"

Page = str | Response | tuple[str, int] | tuple[Response, int]


@blueprint.route(_AT, methods=["GET", "POST"])
@public
def ask(reference: str) -> Page:
    """Ask the questions, and take the answers into the person's own browser."""
    challenge = _checked(reference)
    asked = _asked(challenge)
    form = form_of(asked, carried.kept(reference))
    if form.validate_on_submit():
        carried.keep(reference, {each.key.value: form[each.key].data for each in asked})
        return redirect(url_for("checking.show", reference=reference), 303)
    page = render_template("bids/checking/ask.html", challenge=challenge, form=form, asked=asked)
    return _private(page), 422 if form.errors else 200


@blueprint.get(f"{_AT}/result")
@public
def show(reference: str) -> Page:
    """Show what the answers come to, and what to do; without answers ask for them."""
    challenge = _checked(reference)
    asked, answers = _asked(challenge), carried.kept(reference)
    if outcome.missing(asked, answers):
        return redirect(url_for("checking.ask", reference=reference))
    bearer = access.bearer()
    page = render_template(
        "bids/checking/show.html",
        challenge=challenge,
        result=outcome.result(asked, answers),
        visitor=bearer is None,
        for_supplier=_acts_for_supplier(),
        asks=asking.takes_questions(challenge, access.clock().now()),
        law=law_holding(challenge, access.clock().now()).band,
    )
    return _private(page)


@blueprint.get("/quick-check")
@signed_in
def take() -> Page:
    """Say where the answers of the last check help: in registering, in declaring, in a bid.

    Also after bids closed: what was answered about the supplier holds for other challenges.
    """
    reference = carried.challenge()
    if reference is None:
        return _private(render_template("bids/checking/nothing.html"))
    challenge = public_challenge(db.session(), reference)
    asked, answers = _asked(challenge), carried.kept(reference)
    actor, now = access.optional_actor(), access.clock().now()
    declaration = (
        queries.current_declaration(db.session(), actor.organisation_id) if actor else None
    )
    page = render_template(
        "bids/checking/take.html",
        challenge=challenge,
        open=policy.can_check(challenge.state, challenge.stage.closes_at, now).allowed,
        for_supplier=_acts_for_supplier(),
        may_declare=actor is not None and actor.may(Permission.SUPPLIER_DECLARE),
        declaration=declaration if declaration and now < declaration.expires_at else None,
        bidder=outcome.bidder(answers),
        declared=[each for each in asked if outcome.tells(each.key, answers)],
        insurance=next((each for each in asked if each.key is Key.INSURANCE), None),
        chosen={each.key: each.choice(answers.get(each.key, "")) for each in asked},
    )
    return _private(page)


def _acts_for_supplier() -> bool:
    actor = access.optional_actor()
    return actor is not None and actor.may(Permission.BID_DRAFT)


def _checked(reference: str) -> Challenge:
    challenge = public_challenge(db.session(), reference)
    if challenge.bids_elsewhere:
        raise WrongMoment(NOT_HERE)
    ensure(policy.can_check(challenge.state, challenge.stage.closes_at, access.clock().now()))
    return challenge


def _asked(challenge: Challenge) -> list[Question]:
    stage, currency = challenge.stage, challenge.currency
    money = current_app.jinja_env.filters["money"]
    band = law_holding(challenge, access.clock().now()).band
    return questions(
        Facts(
            buyer=challenge.buyer.name,
            closes=format_instant(stage.closes_at) if stage.closes_at else "",
            turnover=money(challenge.required_turnover_minor, currency),
            insurance=money(challenge.required_insurance_minor, currency),
            most=money(stage.budget_minor, currency),
            fixed=stage.price_model is PriceModel.FIXED_BUDGET,
            starts=format_date(challenge.starts_on) if challenge.starts_on else "",
            own_rules=not band.notices.contract_required,
        )
    )


def _private(page: str) -> Response:
    """Keep a page that shows somebody's answers out of every cache: it is meant for them alone."""
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
