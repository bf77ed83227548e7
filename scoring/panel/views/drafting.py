"""What the pages share on which drafts are written: filled in, sent, and then where to."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, flash, make_response, request
from flask_babel import gettext as _

from challenges.stages.place import Place
from marketplace.core import access, keeping
from marketplace.core.dates import format_time
from marketplace.core.errors import DomainError, Invalid
from marketplace.core.permissions import ensure
from scoring.panel import policy
from scoring.panel.desk import windows
from scoring.panel.desk.windows import Overtaken
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


def fill(form: Any, saved: Mapping[str, OwnScore]) -> None:
    """Show what is saved of scores in the fields of their names, and mark it as seen."""
    for name, own in saved.items():
        show_score(form[f"score-{name}"], own.value)
        form[f"reason-{name}"].data = own.rationale
        form[f"note-{name}"].data = own.note
    form.seen.data = windows.written({name: _mark(own) for name, own in saved.items()})


def sent(form: Any, names: Iterable[str]) -> dict[str, DraftCell]:
    """Take the cells that the browser sent: a page loaded before a change may lack one.

    What the page showed of another window is replaced by a person who presses a button, and never
    by the page's own script.
    """
    seen = windows.read(form.seen.data)
    if not keeping.scripted():
        seen |= windows.read(form.shown.data)
    return {
        name: DraftCell(
            value=score_of(form[f"score-{name}"]),
            rationale=form[f"reason-{name}"].data or "",
            note=form[f"note-{name}"].data or "" if f"note-{name}" in request.form else None,
            seen=seen.get(name),
        )
        for name in names
        if f"reason-{name}" in request.form
    }


def saved(cells: Mapping[str, DraftCell]) -> Response:
    """Tell the page's own script that all is saved, and that it has seen what it sent."""
    return keeping.saved(
        windows.written(
            {
                name: windows.mark(cell.value, cell.rationale, cell.note or "")
                for name, cell in cells.items()
            }
        )
    )


def beside(form: Any, error: DomainError, stands: Mapping[str, OwnScore]) -> dict[str, OwnScore]:
    """Give the cells in which another window saved something newer, to be shown beside what was
    typed; the form marks them as shown."""
    fields = error.fields if isinstance(error, Overtaken) else {}
    newer = {name: own for name, own in stands.items() if f"score-{name}" in fields}
    form.shown.data = windows.written({name: _mark(own) for name, own in newer.items()})
    return newer


def _mark(own: OwnScore) -> str:
    return windows.mark(own.value, own.rationale, own.note)


def told_to_script(form: Any, error: DomainError) -> Response | None:
    """Answer the page's own script why nothing was saved; nothing where a person is asking.

    What stands by fields is put there in either case.
    """
    if isinstance(error, Overtaken) and keeping.scripted():
        return make_response(keeping.refused(error))
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
