"""Pages of the frame: home, how it works, your work, one challenge's hub, health, demonstration."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_login import current_user

from bids.team import queries as teams
from marketplace.core import access, todos
from marketplace.core.access import demonstration_only, public, requires, signed_in
from marketplace.core.accounts import queries as accounts
from marketplace.core.accounts import sessions
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission
from marketplace.web import colour, queries, supplier_board
from marketplace.web.supplier_bids import standing_of
from scoring.panel.inviting import queries as inviting

blueprint = Blueprint("web", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Say what this is, for whom, and what is open now."""
    front = queries.front_page(db.session(), access.clock().now())
    return render_template("web/home.html", front=front)


@blueprint.get("/about")
@public
def about() -> str:
    """Explain the way of buying."""
    return render_template("web/about.html")


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """State how accessible the site is."""
    return render_template("web/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """Say what is kept about a visitor."""
    return render_template("web/privacy.html")


@blueprint.get("/work")
@signed_in
def work() -> str:
    """Show what waits for the person, by the roles of the organisation they act for."""
    actor, now = access.optional_actor(), access.clock().now()
    panels = inviting.waiting_for(db.session(), current_user.id, now)
    if actor is not None and actor.may(Permission.BID_DRAFT):
        mine = supplier_board.board(db.session(), actor, now)
        return render_template(
            "web/supplier/board.html",
            board=mine,
            panels=panels,
            standing=standing_of,
            form=BaseForm(),
        )
    board = queries.board(db.session(), actor, now) if actor else None
    waiting = todos.waiting(db.session(), [actor], now) if actor else []
    return render_template(
        "web/work.html",
        board=board,
        todos=[each for each in waiting if each.organisation_id == actor.organisation_id]
        if actor
        else [],
        panels=panels,
        partnerships=teams.invitations_for(db.session(), current_user.id, now),
    )


@blueprint.get("/work/challenges/<reference>")
@requires(
    Permission.CHALLENGE_READ_OWN,
    Permission.RECORD_AUDIT,
)
def challenge(reference: str) -> str | Response:
    """Show one challenge to the body's people: where it stands, and each room's next step."""
    actor = access.current_actor()
    try:
        hub = queries.hub(db.session(), reference, actor, access.clock().now())
    except NotFound:
        if not queries.is_partner(db.session(), reference, actor):
            raise
        return _see(url_for("joining.joint", reference=reference))
    return render_template("web/challenge.html", hub=hub)


@blueprint.get("/health")
@public
def health() -> Response:
    """Answer that the site and its database work."""
    queries.answers(db.session())
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/brand.css")
@public
def brand() -> Response:
    """Give the colours that the configuration chose."""
    response = make_response(
        render_template("web/brand.css", shades=colour.shades(_settings().brand_colour))
    )
    response.mimetype = "text/css"
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    return response


@blueprint.get("/icon.svg")
@public
def icon() -> Response:
    """Give the icon in the configured colour."""
    response = make_response(render_template("web/icon.svg", colour=_settings().brand_colour))
    response.mimetype = "image/svg+xml"
    response.cache_control.public = True
    response.cache_control.max_age = 86400
    return response


@blueprint.get("/demo")
@demonstration_only
def demo() -> str:
    """Offer sign-in as one person of each role."""
    return render_template("web/demo.html", people=accounts.demonstration_people(), form=BaseForm())


@blueprint.post("/demo")
@demonstration_only
def demo_sign_in() -> Response:
    """Sign in as the person chosen."""
    sessions.sign_in_for_demonstration(request.form.get("person", ""))
    flash(_("You are signed in as %(name)s.", name=current_user.name))
    return _see(url_for("web.work"))


@blueprint.get("/demo/outbox")
@demonstration_only
def outbox() -> str:
    """Show the messages that an installation with a mail server would have sent."""
    page = queries.outbox(db.session(), before=request.args.get("before"))
    return render_template("web/outbox.html", page=page)


def _settings() -> Any:
    return current_app.extensions["settings"]


def _see(location: str) -> Response:
    """Answer a change with the page to see next."""
    return make_response(redirect(location, code=303))
