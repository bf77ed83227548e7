"""Pages of the quick check: the questions, and what they come to. Nobody needs an account."""

from flask import Blueprint, current_app, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from bids.checking import carried, outcome, policy
from bids.checking.forms import form_of
from bids.checking.questions import Facts, Question, questions
from challenges.kinds import PriceModel
from challenges.law import law_holding
from challenges.models import Challenge
from challenges.queries import public_challenge
from marketplace.core import access
from marketplace.core.access import public
from marketplace.core.database import db
from marketplace.core.dates import format_date, format_instant
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
    actor = access.optional_actor()
    page = render_template(
        "bids/checking/show.html",
        challenge=challenge,
        result=outcome.result(asked, answers),
        for_supplier=actor is not None and actor.may(Permission.BID_DRAFT),
        law=law_holding(challenge, access.clock().now()).band,
    )
    return _private(page)


def _checked(reference: str) -> Challenge:
    challenge = public_challenge(db.session(), reference)
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
