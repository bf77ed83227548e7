"""Pages of the rules: for everybody to read, and for administrators to change with a date."""

import uuid
from datetime import date, datetime, timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.accounts.forms import BODY_TYPE_WORDS
from marketplace.core.accounts.queries import organisation_for
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.permissions import Actor, Permission, ensure
from marketplace.core.regimes import book
from marketplace.core.regimes.changing import (
    loading,
    policy,
    queries,
    service,
)
from marketplace.core.regimes.changing.figures import (
    KEPT_WORDS,
    LETTER_WORDS,
    Figure,
    Unit,
    figures_of,
)
from marketplace.core.regimes.changing.forms import (
    ChooseForm,
    ProposalForm,
    RefuseForm,
    proposal_form,
)
from marketplace.core.regimes.changing.toml_text import toml_text
from marketplace.core.regimes.shapes import Regime
from marketplace.core.regimes.working_days import LONDON, holidays_known_until
from marketplace.core.text import N_

blueprint = Blueprint("rules", __name__)

# Challenges that begin now end with a standstill within this time.
HOLIDAYS_AHEAD = timedelta(days=366)


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give these pages the words of letters, records and types of body."""
    return {
        "letter_words": LETTER_WORDS,
        "kept_words": KEPT_WORDS,
        "body_type_words": BODY_TYPE_WORDS,
        "Unit": Unit,
    }


@blueprint.app_template_test("past_known_holidays")
def past_known_holidays(instant: datetime) -> bool:
    """Tell of the end of a standstill whether it was worked out without its year's holidays."""
    return (instant.astimezone(LONDON) - timedelta(days=1)).date() > holidays_known_until()


@blueprint.get("/rules")
@public
def index() -> str:
    """List the rules by which bodies buy here, and for administrators what waits."""
    session, actor = db.session(), _actor()
    changes = actor is not None and policy.can_propose(actor).allowed
    return render_template(
        "regimes/index.html",
        held=queries.in_use(session, actor),
        today=_today(),
        waiting=queries.proposals(session, waiting=True) if changes else (),
        decided=queries.proposals(session, waiting=False) if changes else (),
        changes=changes,
        known_until=holidays_known_until(),
        known_too_short=holidays_known_until() < _today() + HOLIDAYS_AHEAD,
    )


@blueprint.get("/rules/<regime>")
@public
def show(regime: str) -> str:
    """Show the version of the rules that holds today."""
    queries.ensure_in_use(db.session(), regime, _actor())
    return _version_page(book.regime_on(regime, _today()))


@blueprint.get("/rules/<regime>/<name>")
@public
def version(regime: str, name: str) -> str:
    """Show one version of the rules."""
    return _version_page(queries.version(db.session(), regime, name, _actor()))


@blueprint.get("/rules/<regime>/<name>/file")
@public
def file(regime: str, name: str) -> Response:
    """Give one version as a file, in the form in which versions come with the service."""
    session = db.session()
    found = queries.version(session, regime, name, _actor())
    table = loading.table_of(session, regime, found.version)
    named = {"key": table["key"], "name": table["name"]}
    rest = {name: value for name, value in table.items() if name not in named}
    answer = Response(
        toml_text({**named, "versions": [rest]}), mimetype="application/toml; charset=utf-8"
    )
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"{found.key}-{found.version}.toml"
    )
    return answer


@blueprint.route("/admin/rules/<regime>/change", methods=["GET", "POST"])
@requires(Permission.REGIME_CHANGE)
def propose(regime: str) -> ResponseReturnValue:
    """Show the newest figures as a form, and propose others from a day to come."""
    session, actor = db.session(), access.current_actor()
    queries.ensure_in_use(session, regime, actor)
    newest = book.versions(regime)[-1]
    figures = figures_of(loading.table_of(session, regime, newest.version))
    form = proposal_form(
        figures,
        {band.key: band.name for band in newest.bands},
        based_on=newest.version,
        source=newest.source,
        notes=newest.notes,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _propose(regime, form, figures, actor)
            except DomainError as error:
                form.refuse(error)
    page = render_template("regimes/propose.html", form=form, regime=newest, figures=figures)
    return page, status


def _propose(
    regime: str, form: ProposalForm, figures: list[Figure], actor: Actor
) -> ResponseReturnValue:
    """Send what was typed on; whoever sends more than the page asks for is told so.

    Raises:
        DomainError: as `service.propose`.
    """
    if not form.asks_for(request.form):
        raise Invalid(N_("This page was sent with something that it does not ask for."))
    proposal_id = service.propose(
        regime,
        form.values(figures),
        based_on=form.based_on.data or "",
        valid_from=form.valid_from.data,
        source=form.source.data or "",
        notes=form.notes.data or "",
        reason=form.reason.data or "",
        actor=actor,
        clock=access.clock(),
    )
    flash(_("The rules are proposed. Another administrator decides."))
    return redirect(url_for("rules.proposal", proposal_id=proposal_id), code=303)


@blueprint.get("/admin/rules/proposals/<uuid:proposal_id>")
@requires(Permission.REGIME_CHANGE)
def proposal(proposal_id: uuid.UUID) -> str:
    """Show what was proposed, old beside new, and what was decided."""
    return _proposal_page(proposal_id, RefuseForm())


@blueprint.post("/admin/rules/proposals/<uuid:proposal_id>/confirm")
@requires(Permission.REGIME_CHANGE)
def confirm(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Have the proposed rules hold from their day on."""
    service.confirm(proposal_id, actor=access.current_actor(), clock=access.clock())
    flash(_("The rules are confirmed."))
    return redirect(url_for("rules.proposal", proposal_id=proposal_id), code=303)


@blueprint.post("/admin/rules/proposals/<uuid:proposal_id>/refuse")
@requires(Permission.REGIME_CHANGE)
def refuse(proposal_id: uuid.UUID) -> ResponseReturnValue:
    """Refuse the proposed rules with a reason."""
    form = RefuseForm()
    try:
        service.refuse(
            proposal_id,
            form.reason.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except Invalid as error:
        form.refuse(error)
        return _proposal_page(proposal_id, form), 422
    flash(_("The rules are refused."))
    return redirect(url_for("rules.proposal", proposal_id=proposal_id), code=303)


@blueprint.route("/admin/organisations/<uuid:organisation_id>/rules", methods=["GET", "POST"])
@requires(Permission.REGIME_CHANGE)
def choose(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Say by which rules a body buys from now on."""
    actor = access.current_actor()
    body = organisation_for(actor, organisation_id)
    ensure(policy.can_choose_for(actor, body))
    form = ChooseForm(data={"regime": body.regime or book.USUAL})
    form.regime.choices = [(key, book.versions(key)[-1].name) for key in book.regimes()]
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                service.choose_for(
                    organisation_id,
                    form.regime.data or "",
                    form.reason.data or "",
                    actor=actor,
                    clock=access.clock(),
                )
            except Invalid as error:
                form.refuse(error)
            else:
                flash(_("The rules of this body are chosen."))
                after = url_for("accounts.verify", organisation_id=organisation_id)
                return redirect(after, code=303)
    return render_template("regimes/choose.html", form=form, organisation=body), status


def _version_page(regime: Regime) -> str:
    actor = _actor()
    known = book.versions(regime.key)
    return render_template(
        "regimes/show.html",
        regime=regime,
        known=known,
        holds=book.regime_on(regime.key, _today()),
        today=_today(),
        differences=queries.differences_before(db.session(), regime),
        known_until=holidays_known_until(regime.bands[-1].standstill.bank_holidays),
        changes=actor is not None and policy.can_propose(actor).allowed,
    )


def _proposal_page(proposal_id: uuid.UUID, form: RefuseForm) -> str:
    session, actor = db.session(), access.current_actor()
    found = queries.proposal(session, proposal_id)
    newest = book.versions(found.regime)[-1]
    return render_template(
        "regimes/proposal.html",
        proposal=found,
        regime=newest,
        bands={band.key: band.name for band in newest.bands},
        differences=queries.proposed_differences(session, found),
        may_decide=policy.can_decide(actor, found),
        may_confirm=policy.can_confirm(
            actor,
            found,
            newest=newest.version,
            newest_from=newest.valid_from,
            today=_today(),
        ),
        form=form,
    )


def _actor() -> Actor | None:
    bearer = access.bearer()
    return bearer.actor if bearer else None


def _today() -> date:
    return access.clock().now().astimezone(LONDON).date()
