"""What the pages share on which drafts are written: filled in, sent, and then where to."""

from collections.abc import Iterable
from typing import Any

from flask import Response, flash, make_response, request
from flask_babel import gettext as _

from challenges.stages.place import Place
from marketplace.core import access, keeping
from marketplace.core.dates import format_time
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.permissions import ensure
from scoring.panel import policy
from scoring.panel.evaluator_pages import OwnScore, OwnWork
from scoring.panel.forms import score_of, show_score
from scoring.panel.queries import Meeting
from scoring.panel.service import DraftCell
from scoring.panel.views.frame import see


def refusal(found: Meeting) -> Response | None:
    """Ask the policy whether the person may write scores; answer the page's own script if not, so
    that it keeps what was typed and says why it is not saved.

    Raises:
        Forbidden: the person is no evaluator of the panel.
        WrongMoment: not briefed, not declared, scoring has not begun, or is over for the person.
    """
    try:
        ensure(policy.can_write_scores(access.current_actor(), found.own_seat, found.phase))
    except DomainError as error:
        if keeping.scripted():
            return make_response(keeping.refused(error))
        raise
    return None


def fill(form: Any, name: str, own: OwnScore) -> None:
    """Show what is saved of one score, in the fields of that name."""
    show_score(form[f"score-{name}"], own.value)
    form[f"reason-{name}"].data = own.rationale
    form[f"note-{name}"].data = own.note


def sent(form: Any, names: Iterable[str]) -> dict[str, DraftCell]:
    """Take the cells that the browser sent: a page loaded before a change may lack one."""
    return {
        name: DraftCell(
            value=score_of(form[f"score-{name}"]),
            rationale=form[f"reason-{name}"].data or "",
            note=form[f"note-{name}"].data or "" if f"note-{name}" in request.form else None,
        )
        for name in names
        if f"reason-{name}" in request.form
    }


def told_to_script(form: Any, error: DomainError) -> Response | None:
    """Answer the page's own script why nothing was saved; nothing where a person is asking.

    What stands by fields is put there in either case.
    """
    if isinstance(error, Invalid) and error.fields:
        form.refuse(error)
    if not keeping.scripted():
        return None
    return make_response(keeping.faulty(form) if form.errors else keeping.refused(error))


def onward(at: Place, work: OwnWork, following: Response) -> Response:
    """Send the browser where the button says that was pressed: to what follows, to a question, to
    a bid, to own texts for one score, or home."""
    keys = {item.question.key for item in work.questions}
    bids = {bidder.handle for bidder, _left in work.bids}
    place, _sign, wanted = request.form.get("then", "").partition(":")
    key, _slash, bid = wanted.partition("/")
    if place == "next":
        return following
    if place == "go" and key in keys:
        return see("panel.question", at, key=key)
    if place == "bid" and wanted in bids:
        return see("panel.bid", at, handle=wanted)
    if place in ("texts", "bid-texts") and key in keys and bid in bids:
        back = {"back": "bid"} if place == "bid-texts" else {}
        return see("panel.texts", at, key=key, handle=bid, **back)
    now = access.clock().now()
    flash(_("Saved at %(time)s.", time=format_time(now, seconds=True)))
    return see("panel.home", at)
