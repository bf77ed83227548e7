"""The pages of a supplier's passport: its parts, one part at a time, and saying all is right."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from bids import queries
from bids.passport import service
from bids.passport.answers import Standing, Values
from bids.passport.compared import differences
from bids.passport.forms import SubjectForm, form_for, rows_sent
from bids.passport.kinds import Kind, Subject, said_of
from bids.passport.models import PassportAnswer
from bids.passport.queries import history, known_identity, passport_of
from bids.passport.readings import asks, of_answer
from bids.passport.register_views import beside
from bids.passport.size import Size, size_of
from bids.passport.subjects import ASKED, ROWS_MOST
from bids.views.room import Page
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.dates import PLACE, format_date
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Actor, Permission
from marketplace.core.regimes.sizes import SIZE_WORDS, size_rules_on

blueprint = Blueprint("passport", __name__)
blueprint.add_app_template_global(Kind, "PassportKind")
blueprint.add_app_template_global(lambda: ASKED, "passport_asked")
blueprint.add_app_template_global(said_of, "said_of")


@blueprint.app_template_global("passport_day")
def _day(value: str) -> str:
    """Say a day of a passport's answer."""
    return format_date(date.fromisoformat(value))


@blueprint.get("/organisation/passport")
@requires(Permission.BID_DRAFT)
def index() -> str:
    """Show the parts of the passport and how each stands."""
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    answers = passport_of(session, actor.organisation_id).answers
    identity = answers.get(Subject.IDENTITY)
    known = of_answer(session, actor.organisation_id, identity.values if identity else None)
    declaration = queries.current_declaration(session, actor.organisation_id)
    return render_template(
        "passport/index.html",
        asked=ASKED,
        answers=answers,
        standing={
            each: answers[each].standing(now) if each in answers else Standing.MISSING
            for each in Subject
        },
        declaration=declaration,
        differs=known is not None and bool(differences(*known)),
        form=BaseForm(),
    )


@blueprint.post("/organisation/passport/confirm")
@requires(Permission.BID_DRAFT)
def confirm() -> Page:
    """Date anew what has not expired."""
    renewed = service.confirm(actor=access.current_actor(), clock=access.clock())
    flash(
        ngettext("%(num)d part is confirmed.", "%(num)d parts are confirmed.", len(renewed))
        if renewed
        else _("Nothing had to be confirmed: every answer holds as long as it can.")
    )
    return redirect(url_for("passport.index"), 303)


@blueprint.route("/organisation/passport/<subject>", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def answer(subject: str) -> Page:
    """Answer one subject, or read what was answered."""
    which = _subject(subject)
    asked, actor = ASKED[which], access.current_actor()
    given = history(db.session(), actor.organisation_id, which)
    newest = given[0] if given else None
    status, theirs = 200, None
    if request.method == "POST":
        form = form_for(asked, rows_sent(request.form))()
        more = "more" in request.form
        if form.validate():
            try:
                service.answer(
                    which, form.values, actor=actor, clock=access.clock(), seen=form.seen.data or ""
                )
            except StaleEdit as error:
                form.refuse(error)
                status, theirs = 409, newest
                form.seen.data = str(newest.id) if newest else ""
            except Invalid as error:
                _refuse(form, error)
                status = 422
            else:
                flash(_("Saved: %(what)s", what=_(asked.title)))
                return redirect(_after(which, form.values, more), 303)
        else:
            status = 422
    else:
        begins = newest.values if newest else _known(which, actor)
        form = _filled(which, begins)
        form.seen.data = str(newest.id) if newest else ""
    page = render_template(
        "passport/answer.html",
        asked=asked,
        form=form,
        given=given,
        theirs=theirs,
        known=which is Subject.IDENTITY and newest is None,
        rows_most=ROWS_MOST,
        size=_size(which, given[0] if given else None),
        size_words=SIZE_WORDS,
        beside=beside(newest) if not theirs else None,
    )
    return page, status


def _after(which: Subject, values: Values, more: bool) -> str:
    """Say where a saved answer leads: to the next row, to what a register says, or to all parts."""
    if more:
        return url_for("passport.answer", subject=which.value, more=1, _anchor="more")
    if values.get("company_number") and asks(Kind.COMPANY):
        return url_for("passport.answer", subject=which.value, _anchor="register")
    return url_for("passport.index")


def _subject(text: str) -> Subject:
    try:
        return Subject(text)
    except ValueError:
        abort(404)


def _known(which: Subject, actor: Actor) -> dict[str, Any]:
    """Give what is known before the first answer, so that it is not asked again."""
    if which is Subject.IDENTITY:
        return known_identity(db.session(), actor.organisation_id)
    declaration = (
        queries.current_declaration(db.session(), actor.organisation_id)
        if which is Subject.SIZE
        else None
    )
    if declaration is None:
        return {}
    figures = ("staff", "turnover_minor", "balance_minor")
    return {name: getattr(declaration, name) for name in figures}


def _filled(which: Subject, values: dict[str, Any]) -> SubjectForm:
    """Give the form with what stands; a list has an empty row to fill in next."""
    asked = ASKED[which]
    rows = values.get("rows", [])
    empty = 1 if asked.rows and (not rows or request.args.get("more")) else 0
    form = form_for(asked, min(len(rows) + empty, ROWS_MOST) if asked.rows else 0)()
    form.show(values)
    return form


def _refuse(form: SubjectForm, error: Invalid) -> None:
    """Put each message to its field; those of a whole list stand above all."""
    for name, message in error.fields.items():
        if name in form._fields:
            form[name].errors = [*form[name].errors, _(message)]
        else:
            form.form_errors.append(_(message))


def _size(which: Subject, newest: PassportAnswer | None) -> Size | None:
    """Work out the size that stands, to be explained on its page."""
    if which is not Subject.SIZE or newest is None:
        return None
    rules = size_rules_on(newest.answered_at.astimezone(PLACE).date())
    return size_of(newest.values, rules)
