"""Pages of saved searches and messages, and the page that ends messages without signing in."""

import uuid
from typing import cast

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from challenges import queries
from challenges.alerts import service, stopping, tokens
from challenges.alerts.forms import KindsForm, SearchForm, StepForm
from challenges.alerts.models import SavedSearch
from challenges.alerts.queries import own_search, own_searches
from challenges.alerts.timing import FREQUENCY_WORDS, Frequency, telling_part
from challenges.following.queries import followed
from challenges.forms.search import FilterForm
from challenges.policy import current_state
from marketplace.core import access
from marketplace.core.access import public, signed_in
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.notices import choices
from marketplace.core.notices.models import Kind

blueprint = Blueprint("alerts", __name__)

Page = str | Response | tuple[str, int]
# What a mail program sends for a person who pressed its button. Source: RFC 8058, section 3.1.
_ONE_CLICK = ("List-Unsubscribe", "One-Click")


@blueprint.get("/searches")
@signed_in
def index() -> str:
    """List saved searches, followed challenges, and which messages are wanted."""
    session, person, now = db.session(), _person(), access.clock().now()
    unwanted = choices.unwanted_by(session, person)
    found = followed(session, person)
    return render_template(
        "alerts/index.html",
        searches=own_searches(session, person),
        followed=[(challenge, current_state(challenge, now)) for challenge in found],
        frequency_words=FREQUENCY_WORDS,
        form=KindsForm(data={"kinds": [kind.value for kind in Kind if kind not in unwanted]}),
    )


@blueprint.post("/searches/mail")
@signed_in
def mail() -> Response:
    """Keep which kinds of messages are wanted."""
    form = KindsForm()
    if form.validate():
        service.choose_kinds(form.wanted, person=_person())
        flash(_("Saved."))
    return redirect(url_for("alerts.index"), 303)


@blueprint.route("/searches/new", methods=["GET", "POST"])
@signed_in
def save() -> Page:
    """Save the search in the address; a visitor comes back here after signing in."""
    asked, said, left_out = _asked()
    form = SearchForm()
    status = 200
    if request.method == "GET":
        form.name.data = ", ".join(said)[:120] or _("All challenges")
    elif form.validate():
        try:
            service.save(
                form.name.data or "",
                asked,
                Frequency(form.frequency.data),
                person=_person(),
                clock=access.clock(),
            )
        except Invalid as error:
            form.refuse(error)
            status = 422
        else:
            flash(_("Saved. We write to you when a new challenge answers it."))
            return redirect(url_for("alerts.index"), 303)
    else:
        status = 422
    return render_template(
        "alerts/save.html", form=form, said=said, asked=asked, left_out=left_out
    ), status


@blueprint.route("/searches/<uuid:search_id>", methods=["GET", "POST"])
@signed_in
def change(search_id: uuid.UUID) -> Page:
    """Rename a saved search, or have it write at other times."""
    search = own_search(db.session(), search_id, _person())
    form = SearchForm(
        data={"name": search.name, "frequency": search.frequency.value}
        if request.method == "GET"
        else None
    )
    if request.method == "GET":
        return _change_page(search, form, 200)
    if not form.validate():
        return _change_page(search, form, 422)
    service.change(
        search_id,
        form.name.data or "",
        Frequency(form.frequency.data),
        person=_person(),
        clock=access.clock(),
    )
    flash(_("Saved."))
    return redirect(url_for("alerts.index"), 303)


@blueprint.route("/searches/<uuid:search_id>/delete", methods=["GET", "POST"])
@signed_in
def delete(search_id: uuid.UUID) -> Page:
    """Ask, and delete a saved search."""
    search = own_search(db.session(), search_id, _person())
    form = StepForm()
    if not form.validate_on_submit():
        return render_template("alerts/delete.html", search=search, form=form)
    service.delete_search(search_id, person=_person())
    flash(_("The saved search is deleted."))
    return redirect(url_for("alerts.index"), 303)


@blueprint.get("/stop/<token>")
@public
def stop(token: str) -> str:
    """Ask whether messages should end: programs that follow every link end nothing."""
    said = stopping.say(db.session(), tokens.read(token))
    return render_template("alerts/stop.html", token=token, said=said, form=StepForm(), done=False)


@blueprint.post("/stop/<token>")
@public
def stop_now(token: str) -> str:
    """End messages. The link itself is the proof; a mail program has no page of ours to show."""
    if request.form.get(_ONE_CLICK[0]) != _ONE_CLICK[1]:
        current_app.extensions["csrf"].protect()
    wanted = tokens.read(token)
    stopping.stop(wanted, clock=access.clock())
    said = stopping.say(db.session(), wanted)
    return render_template("alerts/stop.html", token=token, said=said, form=StepForm(), done=True)


def _change_page(search: SavedSearch, form: SearchForm, status: int) -> Page:
    return render_template("alerts/change.html", search=search, form=form), status


def _asked() -> tuple[dict[str, str], list[str], list[str]]:
    """Give the filters in the address that can be saved, what they say, and what others say."""
    session = db.session()
    offered = queries.public_bodies(session), queries.public_rounds(session)

    def read(asked: MultiDict[str, str]) -> tuple[dict[str, str], list[str]]:
        form = FilterForm(asked)
        form.offer(*offered)
        form.accept_any_place()
        form.validate()
        readable = {
            name: str(value)[:200] for name, value in form.asked().items() if not form[name].errors
        }
        return readable, [chip.label for chip in form.chips()]

    readable, labels = read(request.args)
    asked, said = read(MultiDict(telling_part(readable)))
    return asked, said, [label for label in labels if label not in said]


def _person() -> uuid.UUID:
    return cast(uuid.UUID, current_user.id)
