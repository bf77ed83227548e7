"""The public log: a page for people, and the notes, tiles and proofs that their programs check."""

import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from typing import ParamSpec, cast

from flask import Blueprint, Flask, Response, jsonify, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from marketplace.core.access import public, public_alike
from marketplace.core.accounts import limits
from marketplace.core.audit import checkpoints, keys, tiles
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid, NotFound
from marketplace.core.text import N_
from marketplace.publishing.pages import log_queries as queries

P = ParamSpec("P")

blueprint = Blueprint("log", __name__)

_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
_STATUS = {NotFound: HTTPStatus.NOT_FOUND, Invalid: HTTPStatus.UNPROCESSABLE_ENTITY}
# Seconds. What changes with each checkpoint may be a minute old; what cannot change may be kept.
_SHORT, _YEAR = 60, 365 * 24 * 3600
# Above what a mirror needs that asks for one tile after another, below what would be felt.
_RATE = "1200 per minute"
_FORMATS = Path(__file__).resolve().parents[3] / "docs" / "verification.md"


class Malformed(DomainError):
    """An address or a number in it has another form."""


def _plain(view: Callable[P, Response]) -> Callable[P, Response]:
    """Have a view for programs say what is wrong in one line, not on a page."""

    @wraps(view)
    def told(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return view(*args, **kwargs)
        except DomainError as error:
            return _refusal(error, _text(_(error.message, **error.data) + "\n"))

    return told


def _json(view: Callable[P, Response]) -> Callable[P, Response]:
    """Do what `_plain` does for a view that answers in JSON."""

    @wraps(view)
    def told(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return view(*args, **kwargs)
        except DomainError as error:
            return _refusal(error, jsonify(error=_(error.message, **error.data)))

    return told


@blueprint.get("/log")
@public
def index() -> str:
    """Say what the log is and is not, how far it is signed, and how to keep a copy."""
    session = db.session()
    return render_template(
        "log/index.html",
        newest=checkpoints.newest(session),
        keys=_known_keys(),
    )


@blueprint.get("/log/checkpoints")
@public
def checkpoint_list() -> str:
    """List checkpoints, newest first; an address that makes no sense begins the list anew."""
    text = request.args.get("before", "")
    before = int(text) if _NUMBER.fullmatch(text) else None
    return render_template("log/checkpoints.html", found=queries.listed(db.session(), before))


@blueprint.get("/log/checkpoint")
@public_alike
@_plain
def newest() -> Response:
    """Give the newest checkpoint."""
    return _kept(_text(queries.newest(db.session()).note), _SHORT)


@blueprint.get("/log/checkpoints/<size>")
@public_alike
@_plain
def checkpoint(size: str) -> Response:
    """Give the checkpoint of a size."""
    found = queries.checkpoint(db.session(), _number(size, "SIZE"))
    return _kept(_text(found.note), _YEAR)


@blueprint.get("/log/checkpoints/<size>/stamp.tsr")
@public_alike
@_plain
def stamp(size: str) -> Response:
    """Give the token by which a time-stamping authority witnessed a checkpoint."""
    found = queries.checkpoint(db.session(), _number(size, "SIZE"))
    if found.stamp is None:
        raise NotFound(N_("This checkpoint is not independently witnessed."))
    return _kept(_bytes(found.stamp.token, "application/timestamp-reply"), _YEAR)


@blueprint.get("/log/tile/<path:address>")
@public_alike
@_plain
def tile(address: str) -> Response:
    """Give a tile: 256 hashes, or the first so many."""
    try:
        wanted = tiles.parse(address)
    except tiles.BadAddress as error:
        raise Malformed(
            N_(
                "There is no such tile. An address is /log/tile/LEVEL/INDEX, or"
                " /log/tile/LEVEL/INDEX.p/WIDTH for its first 1 to 255 hashes, with INDEX in groups"
                " of three digits, as in x001/x234/067."
            )
        ) from error
    content = queries.tile(db.session(), wanted)
    return _kept(_bytes(content, "application/octet-stream"), _YEAR if wanted.is_full else _SHORT)


@blueprint.get("/log/proofs/inclusion")
@public_alike
@_json
def inclusion() -> Response:
    """Prove that an entry is in the log of some size."""
    place, size = _asked("place"), _asked("size")
    proof = queries.inclusion(db.session(), place, size)
    return _kept(jsonify(place=place, size=size, proof=[step.hex() for step in proof]), _YEAR)


@blueprint.get("/log/proofs/consistency")
@public_alike
@_json
def consistency() -> Response:
    """Prove that the log of one size is the beginning of the log of another."""
    old, new = _asked("from"), _asked("to")
    proof = queries.consistency(db.session(), old, new)
    return _kept(jsonify({"from": old, "to": new, "proof": [step.hex() for step in proof]}), _YEAR)


@blueprint.get("/log/keys")
@public_alike
@_plain
def key_list() -> Response:
    """Give all public keys that were ever named, one a line, the newest last."""
    return _kept(_text("".join(f"{key}\n" for key in _known_keys())), _SHORT)


@blueprint.get("/log/keys/changes")
@public_alike
@_plain
def key_changes() -> Response:
    """Give the notes by which each key named the next, an empty line between two."""
    return _kept(_text("\n".join(keys.changes(db.session()))), _SHORT)


@blueprint.get("/log/formats")
@public_alike
@_plain
def formats() -> Response:
    """Give the specification of everything that is given out as evidence."""
    try:
        return _kept(_text(_FORMATS.read_text(encoding="utf-8")), _SHORT)
    except FileNotFoundError as error:
        raise NotFound(N_("There is no such page.")) from error


def _known_keys() -> list[str]:
    try:
        return [str(key) for key in keys.known(db.session())]
    except keys.WrongKey:
        # None is named yet, and the file that will be is not in order: `check` tells its keepers.
        return []


def _asked(name: str) -> int:
    """Read a number from the query.

    Raises:
        Malformed: it is missing, or something else.
    """
    text = request.args.get(name)
    if text is None:
        raise Malformed(
            N_("The number %(name)s is missing, as in ?%(name)s=17."),
            name=name,
        )
    return _number(text, name)


def _number(text: str, name: str) -> int:
    """Read a whole number in its one form.

    Raises:
        Malformed: it is something else.
    """
    if not _NUMBER.fullmatch(text):
        raise Malformed(
            N_("%(name)s must be a whole number from 0, of at most 15 digits, without leading 0s."),
            name=name,
        )
    return int(text)


def _text(content: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def _bytes(content: bytes, media_type: str) -> Response:
    return Response(content, mimetype=media_type)


def _kept(response: Response, seconds: int) -> Response:
    """Say how long anybody between us and the reader may keep an answer."""
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    if seconds == _YEAR:
        response.cache_control.immutable = True
    return response


def _refusal(error: DomainError, response: Response) -> Response:
    """Refuse, and let nobody keep the answer: the next checkpoint may cover what is asked for."""
    response.status_code = _STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.record
def _limit(state: BlueprintSetupState) -> None:
    """Limit what one address may ask for, once the views are in the application."""
    for view in ("tile", "inclusion", "consistency"):
        limits.limit_reading(cast(Flask, state.app), f"{blueprint.name}.{view}", _RATE)
