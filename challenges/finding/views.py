"""Feeds and calendars of lists and challenges; the pages of bodies and rounds."""

import uuid

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from challenges import deadlines, queries, words
from challenges.finding import feeds, places
from challenges.finding.story import story
from challenges.forms.search import FilterForm
from challenges.listing import Filters, Order
from marketplace.core import access
from marketplace.core.access import public, public_alike
from marketplace.core.database import db

blueprint = Blueprint("finding", __name__)

ATOM = "application/atom+xml"
CALENDAR = "text/calendar"
# Seconds. Readers ask often; for so long an answer may be given again.
_SHORT = 300


@blueprint.get("/challenges.atom")
@public_alike
def atom() -> Response:
    """Give the newest challenges that answer the filters in the address."""
    form, filters = _asked(Order.NEWEST)
    page = _rows(filters)
    settings = access.current_settings()
    content = feeds.atom_of_list(
        page,
        title=_title(form),
        author=settings.service_name,
        public_url=settings.public_url,
        page=settings.public_url + url_for("challenges.index", **form.asked()),
        feed=settings.public_url + url_for("finding.atom", **form.asked()),
    )
    return _feed(content, ATOM)


@blueprint.get("/challenges.ics")
@public_alike
def calendar() -> Response:
    """Give when the open challenges close that answer the filters in the address."""
    form, filters = _asked(Order.CLOSING)
    rows = _rows(filters)
    content = feeds.calendar_of_list(
        rows,
        deadlines.last_moves(db.session(), [row.id for row in rows]),
        title=_title(form),
        public_url=access.current_settings().public_url,
    )
    return _feed(content, CALENDAR, "challenges.ics")


@blueprint.get("/challenges/<reference>/feed.atom")
@public_alike
def challenge_atom(reference: str) -> Response:
    """Give the steps of one challenge."""
    session = db.session()
    challenge = queries.public_challenge(session, reference)
    public_url = access.current_settings().public_url
    content = feeds.atom_of_challenge(
        challenge,
        story(session, challenge, access.clock().now()),
        public_url=public_url,
        feed=public_url + url_for("finding.challenge_atom", reference=reference),
    )
    return _feed(content, ATOM)


@blueprint.get("/challenges/<reference>/calendar.ics")
@public_alike
def challenge_calendar(reference: str) -> Response:
    """Give the dates of one challenge."""
    session = db.session()
    challenge = queries.public_challenge(session, reference)
    content = feeds.calendar_of_challenge(
        challenge,
        story(session, challenge, access.clock().now()),
        deadlines.last_moves(session, [challenge.id]).get(challenge.id),
        public_url=access.current_settings().public_url,
    )
    return _feed(content, CALENDAR, f"{reference}.ics")


@blueprint.get("/bodies")
@public
def bodies() -> str:
    """List the bodies that have published a challenge."""
    found = places.bodies(db.session(), access.clock().now())
    return render_template("finding/bodies.html", found=found)


@blueprint.get("/bodies/<uuid:body_id>")
@public
def body(body_id: uuid.UUID) -> str:
    """Tell who a body is and what became of its challenges."""
    session, now = db.session(), access.clock().now()
    found = places.body(session, body_id)
    page = queries.challenge_page(
        session,
        Filters(body=found.id),
        now=now,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template("finding/body.html", body=found, page=page, **_words())


@blueprint.get("/rounds")
@public
def rounds() -> str:
    """List the rounds."""
    found = places.rounds(db.session(), access.clock().now())
    return render_template("finding/rounds.html", found=found)


@blueprint.get("/rounds/<path:round_name>")
@public
def round_(round_name: str) -> str:
    """Show the challenges of a round and what became of each."""
    session, now = db.session(), access.clock().now()
    found = places.round_(session, round_name, now)
    page = queries.challenge_page(
        session,
        Filters(round=round_name),
        now=now,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template("finding/round.html", round=found, page=page, **_words())


def _words() -> dict[str, object]:
    return {"regions": words.REGION_WORDS, "sectors": words.SECTOR_WORDS}


def _asked(order: Order) -> tuple[FilterForm, Filters]:
    """Read the filters in the address; the order is the feed's own."""
    session = db.session()
    form = FilterForm(request.args)
    form.offer(queries.public_bodies(session), queries.public_rounds(session))
    form.validate()
    return form, form.filters(access.clock().now()).ordered(order)


def _rows(filters: Filters) -> list[queries.Listed]:
    page = queries.challenge_page(
        db.session(), filters, now=access.clock().now(), size=feeds.ENTRIES_MOST
    )
    return list(page.rows)


def _title(form: FilterForm) -> str:
    """Say what a feed holds: the service, and the filters that are set."""
    chips = ", ".join(chip.label for chip in form.chips())
    name = access.current_settings().service_name
    return f"{name}: {chips}" if chips else _("%(name)s: all challenges", name=name)


def _feed(content: bytes, media_type: str, name: str | None = None) -> Response:
    """Answer with a feed, or say that it is the one that the reader has."""
    response = Response(content, content_type=f"{media_type}; charset=utf-8")
    if name:
        response.headers["Content-Disposition"] = f"inline; filename={name}"
    response.cache_control.public = True
    response.cache_control.max_age = _SHORT
    response.add_etag()
    response.make_conditional(request)
    return response
