"""Pages of a challenge's log: for its body's people; for everybody once it is disclosed; a file."""

from io import BytesIO
from typing import cast

from flask import Blueprint, Flask, Response, render_template, request, send_file
from flask.blueprints import BlueprintSetupState

from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.accounts import limits
from marketplace.core.audit.log import Kind
from marketplace.core.database import db
from marketplace.core.permissions import Permission
from marketplace.web import timeline

blueprint = Blueprint("timeline", __name__)

_READERS = (Permission.CHALLENGE_READ_OWN, Permission.RECORD_AUDIT)
# A file takes work that grows with its chain, and anybody may ask for one of a disclosed chain.
_RATE = "60 per minute"
# The most that both databases can compare with a number in a chain.
_MOST = 2**31 - 1


@blueprint.get("/work/challenges/<reference>/log")
@requires(*_READERS)
def show(reference: str) -> str:
    """Show the log of a challenge to the body's people; the whole of it to its auditors."""
    kind, words, after = _asked()
    page = timeline.own_timeline(
        db.session(), reference, access.current_actor(), kind=kind, words=words, after=after
    )
    return _page(page, kind, words, after, open_to_all=False)


@blueprint.get("/work/challenges/<reference>/log.json")
@requires(Permission.RECORD_AUDIT)
def download(reference: str) -> Response:
    """Give an auditor the log of a challenge with its proofs, after recording that."""
    content = timeline.download(reference, actor=access.current_actor(), clock=access.clock())
    return _file(content, reference)


@blueprint.get("/challenges/<reference>/log")
@public
def show_public(reference: str) -> str:
    """Show everybody the log of a challenge whose bids were opened."""
    kind, words, after = _asked()
    page = timeline.public_timeline(db.session(), reference, kind=kind, words=words, after=after)
    return _page(page, kind, words, after, open_to_all=True)


@blueprint.get("/challenges/<reference>/log.json")
@public
def download_public(reference: str) -> Response:
    """Give everybody the log of a challenge whose bids were opened, with its proofs."""
    return _file(timeline.public_file(db.session(), reference), reference)


def _asked() -> tuple[Kind | None, str, int]:
    """Take the filter from the address; what makes no sense filters nothing."""
    kind = next((k for k in timeline.KIND_WORDS if k == request.args.get("kind")), None)
    after = request.args.get("after", 0, type=int)
    return kind, request.args.get("q", "")[:200], min(max(after, 0), _MOST)


def _page(
    page: timeline.Timeline, kind: Kind | None, words: str, after: int, *, open_to_all: bool
) -> str:
    return render_template(
        "web/log.html",
        page=page,
        kind=kind,
        words=words,
        after=after,
        open_to_all=open_to_all,
        kind_words=timeline.KIND_WORDS,
    )


def _file(content: bytes, reference: str) -> Response:
    return send_file(
        BytesIO(content),
        mimetype="application/json",
        as_attachment=True,
        download_name=f"log-{reference}.json",
        max_age=0,
    )


@blueprint.record
def _limit(state: BlueprintSetupState) -> None:
    """Limit what one address may ask for, once the views are in the application."""
    limits.limit_reading(cast(Flask, state.app), f"{blueprint.name}.download_public", _RATE)
