"""Tells the people who have a page open of each other.

A page that is shown says who else has it open; that its reader has, the page's script says. The
page gives the script a token that names the page and the person, so that nobody asks about a page
that was not shown to them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from flask_babel import ngettext
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.core import access
from marketplace.core.access import signed_in
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.presence import service
from marketplace.core.presence.service import Other
from marketplace.core.text import N_

blueprint = Blueprint("presence", __name__)

_SALT = "presence"
_TOKEN_FOR = 8 * 3600  # seconds, as long as a session lasts


class Shown(NamedTuple):
    """What a page shows of who else has it open, and the token by which its script goes on."""

    token: str
    sentences: Sequence[str]


def shown_at(place: str, actor: Actor) -> Shown:
    """Give what the page of `place` shows to somebody who may write there."""
    now = access.clock().now()
    found = service.others(db.session(), place, actor.user_id, now)
    token = _signer().dumps([place, actor.user_id.hex, int(now.timestamp())])
    return Shown(token, _sentences(found))


@blueprint.post("/presence")
@signed_in
def meet() -> Response:
    """Note that a page is open still, or is left, and tell who else has it open."""
    actor = access.current_actor()
    place = _place(request.form.get("token", ""), actor)
    if request.form.get("left"):
        service.leave(place, actor.user_id)
        return jsonify(present=[])
    return jsonify(present=_sentences(service.meet(place, actor.user_id, clock=access.clock())))


def _sentences(found: Sequence[Other]) -> list[str]:
    now = access.clock().now()
    said = []
    for other in found:
        minutes = int((now - other.opened_at).total_seconds() // 60)
        said.append(
            ngettext(
                "%(name)s opened this page %(num)d minute ago.",
                "%(name)s opened this page %(num)d minutes ago.",
                minutes,
                name=other.name,
            )
            if minutes >= 1
            else _("%(name)s opened this page just now.", name=other.name)
        )
    return said


def _place(token: str, actor: Actor) -> str:
    try:
        place, person, made = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound(N_("There is no such page.")) from None
    if person != actor.user_id.hex or access.clock().now().timestamp() > made + _TOKEN_FOR:
        raise NotFound(N_("There is no such page."))
    return str(place)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(access.current_settings().secret_key, salt=_SALT)
