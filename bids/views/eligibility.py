"""A supplier's declaration of eligibility: what stands, and making it anew."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids import drafts, policy, queries, service
from bids.checking import carried
from bids.grounds.forms import DeclarationForm, declaration_form
from bids.models import EligibilityDeclaration
from bids.passport.queries import current_size
from bids.passport.size import Size
from bids.views.room import Page, blueprint, declaration_months, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts import onward
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Permission


@blueprint.get("/organisation/eligibility")
@requires(Permission.SUPPLIER_DECLARE, Permission.BID_DRAFT)
def eligibility() -> str:
    """Show the declaration that stands, or that there is none."""
    actor = access.current_actor()
    declaration = queries.current_declaration(db.session(), actor.organisation_id)
    return render_template(
        "bids/eligibility.html",
        declaration=declaration,
        declared=drafts.eligibility_of(declaration) if declaration else None,
        may_declare=policy.can_declare(actor).allowed,
        bid=request.args.get("bid"),
    )


@blueprint.route("/organisation/eligibility/declare", methods=["GET", "POST"])
@requires(Permission.SUPPLIER_DECLARE)
def declare() -> Page:
    """Make the declaration, with the earlier answers as a start.

    Whoever answers yes to a group is shown its grounds next, with all that was typed before.
    """
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    form = declaration_form(service.ground_rules(now))()
    # What the passport knows is not asked again.
    size = current_size(session, actor.organisation_id, now)
    if size is not None:
        del form.staff, form.turnover, form.balance
    status = 200
    if request.method == "POST" and form.validate():
        if form.unseen:
            form.told.data = ",".join(form.applying)
        elif not form.complete():
            status = 422
        else:
            try:
                service.declare_eligibility(
                    _declared(form, size), actor=actor, clock=access.clock()
                )
            except Invalid as error:
                status = refused(form, error)
            else:
                # Whoever came from a quick check goes on to the challenge that it was about.
                checked = carried.challenge()
                carried.forget()
                flash(
                    _(
                        "Your declaration is made. Every bid uses it for the next %(months)d "
                        "months.",
                        months=declaration_months(),
                    )
                )
                return redirect(onward.wanted() or _back(request.args.get("bid"), checked), 303)
    elif request.method == "POST":
        status = 422
        form.told.data = ",".join(form.shown)
    else:
        _fill(form, queries.current_declaration(session, actor.organisation_id))
    page = render_template(
        "bids/declare.html",
        form=form,
        size=size,
        bid=request.args.get("bid"),
        going_on=request.method == "POST" and status == 200,
    )
    return page, status


def _declared(form: DeclarationForm, size: Size | None) -> service.Declared:
    return service.Declared(
        grounds=form.declared,
        staff=size.staff if size else form.staff.data or 0,
        turnover_minor=size.turnover_minor if size else form.turnover.data or 0,
        balance_minor=size.balance_minor if size else form.balance.data or 0,
    )


def _fill(form: DeclarationForm, declaration: EligibilityDeclaration | None) -> None:
    """Show the earlier answers, else those of a quick check in this browser.

    The declaration itself is ticked anew.
    """
    if declaration is None:
        known = carried.known_groups()
        for group in form.rules.groups:
            if (applies := known.get(group.key)) is not None:
                form.group(group.key).data = "yes" if applies else "no"
        form.told.data = ",".join(form.applying)
        return
    # What was asked by other rules says nothing of what these ask.
    if declaration.grounds_rules == form.rules.version:
        form.show(drafts.eligibility_of(declaration).grounds)
    if "staff" not in form:
        return
    form.staff.data = declaration.staff
    form.turnover.data = declaration.turnover_minor
    form.balance.data = declaration.balance_minor


def _back(bid: str | None, checked: str | None) -> str:
    """Go back to the bid, or on to the challenge that was checked, else to what stands."""
    if bid:
        return url_for("bids.task_list", reference=bid)
    if checked:
        return url_for("bids.start", reference=checked)
    return url_for("bids.eligibility")
