"""The body's pages of letters to bidders, and of what bidders asked more."""

import uuid
from collections.abc import Callable

from flask import Response, current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access, docx, printing
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.dates import format_instant
from marketplace.core.errors import DomainError, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.letterheads.queries import template
from marketplace.core.permissions import Permission
from scoring.award.letters import queries, requests, service, withholding
from scoring.award.letters.forms import (
    AddForm,
    GoneForm,
    PlanForm,
    RecordRequestForm,
    SendForm,
    WithholdForm,
)
from scoring.award.letters.lifecycle import next_morning
from scoring.award.letters.queries import LettersPage
from scoring.award.letters.words import HOLD_WORDS, KIND_WORDS

blueprint = StagedBlueprint("award_letters", __name__, "/decision/letters")

Answer = str | Response | tuple[str, int]

_READERS = (Permission.CONTRACT_SIGN, Permission.AWARD_APPROVE, Permission.RECORD_AUDIT)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"kind_words": KIND_WORDS, "hold_words": HOLD_WORDS}


@blueprint.get("")
@requires(*_READERS)
def show(at: Place) -> Answer:
    """Show the letters of the decision that counts."""
    return _batch_page(_page(at))


@blueprint.get("/every")
@requires(*_READERS)
def every(at: Place) -> str:
    """Show all letters of a challenge, of every stage, those that wait first."""
    page = queries.every(db.session(), at, access.current_actor())
    return render_template("letters/every.html", page=page, now=access.clock().now())


@blueprint.get("/<uuid:batch_id>")
@requires(*_READERS)
def batch(at: Place, batch_id: uuid.UUID) -> Answer:
    """Show letters that go out together."""
    return _batch_page(_page(at, batch_id))


@blueprint.post("/<uuid:batch_id>/send")
@requires(Permission.CONTRACT_SIGN)
def send(at: Place, batch_id: uuid.UUID) -> Answer:
    """Ask whether all of them go out now, with what follows; and send them once that is said."""
    form = SendForm()
    if not form.sure.data:
        page = _page(at, batch_id)
        # What cannot be sent is refused as before, by who asks and when.
        if page.standing.holds and page.standing.made and not page.standing.sent:
            return _sure_page(page, SendForm(formdata=None, sure="y"))

    def sent() -> object:
        service.ensure_made(at, batch_id=batch_id, actor=access.current_actor())
        service.send_now(
            at,
            batch_id=batch_id,
            anyway=bool(form.anyway.data),
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return _("Sent. Every bidder of these letters can read its own now.")

    return _done(at, batch_id, form, sent, "sending")


@blueprint.post("/<uuid:batch_id>/plan")
@requires(Permission.CONTRACT_SIGN)
def plan(at: Place, batch_id: uuid.UUID) -> Answer:
    """Choose when they go out."""
    form = PlanForm()

    def planned() -> object:
        service.ensure_made(at, batch_id=batch_id, actor=access.current_actor())
        service.plan(
            at,
            batch_id=batch_id,
            send_at=form.send_at.data,
            electronic=form.way.data != "other",
            anyway=bool(form.anyway.data),
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return _("Kept. Until then you can change it or call it back.")

    return _done(at, batch_id, form, planned, "planning")


@blueprint.post("/<uuid:batch_id>/call-back")
@requires(Permission.CONTRACT_SIGN)
def call_back(at: Place, batch_id: uuid.UUID) -> Answer:
    """Have them not go out at the time that was chosen."""

    def called() -> object:
        service.call_back(at, batch_id=batch_id, actor=access.current_actor(), clock=access.clock())
        return _("Called back. The letters wait until you send them or choose a time.")

    return _done(at, batch_id, BaseForm(), called, "calling")


@blueprint.post("/<uuid:batch_id>/add")
@requires(Permission.CONTRACT_SIGN)
def add(at: Place, batch_id: uuid.UUID) -> Answer:
    """Add a paragraph to all of them."""
    form = AddForm()

    def added() -> object:
        service.add(
            at,
            batch_id=batch_id,
            text=form.addition.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return _("Kept. Every letter has it now.")

    return _done(at, batch_id, form, added, "adding")


@blueprint.post("/<uuid:batch_id>/gone")
@requires(Permission.CONTRACT_SIGN)
def gone(at: Place, batch_id: uuid.UUID) -> Answer:
    """Record when the letters that are not recorded yet went another way."""
    form = GoneForm()

    def recorded() -> object:
        ends = service.record_gone(
            at,
            batch_id=batch_id,
            gone_at=form.gone_at.data,
            electronic=form.way.data == "electronic",
            how=form.how.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return (
            _("Recorded. No contract is signed before %(instant)s.", instant=format_instant(ends))
            if ends
            else _("Recorded.")
        )

    return _done(at, batch_id, form, recorded, "going")


@blueprint.get("/<uuid:batch_id>/<bid_reference>")
@requires(*_READERS)
def letter(at: Place, batch_id: uuid.UUID, bid_reference: str) -> Answer:
    """Show one letter as its bidder reads it."""
    return _letter_page(_page(at, batch_id), bid_reference)


@blueprint.get("/<uuid:batch_id>/<bid_reference>/letter.<any(docx, pdf):ending>")
@requires(*_READERS)
def file(at: Place, batch_id: uuid.UUID, bid_reference: str, ending: str) -> Response:
    """Give one letter as a file."""
    page = _page(at, batch_id)
    shown = page.of(bid_reference)
    paper, name = shown.written.paper, f"letter-{bid_reference}.{ending}"
    if ending == "docx":
        session = db.session()
        base = (
            queries.sent_template(session, page.batch)
            if page.batch.sent_at
            else template(session, page.challenge.buyer_id)
        )
        return printing.as_file(
            docx.write(paper, base=base, created=page.date), docx.MEDIA_TYPE, name
        )
    content = printing.pdf(
        paper,
        environment=current_app.jinja_env,
        created=page.date,
        identifier=shown.letter.id.bytes,
    )
    return printing.as_file(content, "application/pdf", name)


@blueprint.post("/<uuid:batch_id>/<bid_reference>/add")
@requires(Permission.CONTRACT_SIGN)
def add_to_one(at: Place, batch_id: uuid.UUID, bid_reference: str) -> Answer:
    """Add a paragraph to one letter."""
    form = AddForm()

    def added() -> object:
        service.add(
            at,
            batch_id=batch_id,
            bid_reference=bid_reference,
            text=form.addition.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return _("Kept. This letter has it now.")

    return _done(at, batch_id, form, added, "adding", bid_reference)


@blueprint.post("/<uuid:batch_id>/<bid_reference>/withhold")
@requires(Permission.CONTRACT_SIGN)
def withhold(at: Place, batch_id: uuid.UUID, bid_reference: str) -> Answer:
    """Withhold words of a reason from bidders."""
    page = _page(at, batch_id)
    form = _withholding(page)

    def withheld() -> object:
        withholding.withhold(
            at,
            batch_id=batch_id,
            bid_reference=bid_reference,
            words=form.words.data or "",
            ground=form.ground.data or "",
            reason=form.reason.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return _("Withheld, in every letter and on every page where bidders are shown this reason.")

    return _done(at, batch_id, form, withheld, "withholding", bid_reference)


@blueprint.post("/<uuid:batch_id>/<bid_reference>/restore/<uuid:withheld_id>")
@requires(Permission.CONTRACT_SIGN)
def restore(at: Place, batch_id: uuid.UUID, bid_reference: str, withheld_id: uuid.UUID) -> Answer:
    """Show words to bidders again."""

    def restored() -> object:
        withholding.restore(
            at,
            batch_id=batch_id,
            withheld_id=withheld_id,
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return _("Bidders read these words again.")

    return _done(at, batch_id, BaseForm(), restored, "restoring", bid_reference)


@blueprint.post("/<uuid:batch_id>/<bid_reference>/gone")
@requires(Permission.CONTRACT_SIGN)
def one_gone(at: Place, batch_id: uuid.UUID, bid_reference: str) -> Answer:
    """Record when one letter went another way."""
    form = GoneForm()

    def recorded() -> object:
        service.record_gone(
            at,
            batch_id=batch_id,
            bids=[bid_reference],
            gone_at=form.gone_at.data,
            electronic=form.way.data == "electronic",
            how=form.how.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
        return _("Recorded. The standstill counts from the last letter.")

    return _done(at, batch_id, form, recorded, "going", bid_reference)


@blueprint.route("/requests", methods=["GET", "POST"])
@requires(*_READERS)
def asked(at: Place) -> Answer:
    """Show what bidders asked more about the decision, and record what came another way."""
    page = _page(at)
    form, status = RecordRequestForm(), 200
    form.bid.choices = [
        (each.letter.facts["bid"], f"{each.supplier} ({each.letter.facts['bid']})")
        for each in page.letters
    ]
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                requests.record_request(
                    at,
                    bid_reference=form.bid.data,
                    asked_at=form.asked_at.data,
                    words=form.words.data or "",
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except DomainError as error:
                form.refuse(error)
                status = 409 if isinstance(error, WrongMoment) else 422
            else:
                flash(_("Recorded. The answer is being made from what the panel wrote."))
                return make_response(
                    redirect(url_for("award_letters.asked", reference=at.reference), 303)
                )
    rows = queries.requests_of_stage(db.session(), page.stage)
    return render_template(
        "letters/requests.html", page=page, rows=rows, form=form, now=access.clock().now()
    ), status


def _page(at: Place, batch_id: uuid.UUID | None = None) -> LettersPage:
    return queries.page_of(db.session(), at, access.current_actor(), access.clock().now(), batch_id)


def _done(
    at: Place,
    batch_id: uuid.UUID,
    form: BaseForm,
    act: Callable[[], object],
    name: str,
    bid_reference: str | None = None,
) -> Answer:
    """Act on what was sent, and lead back; what was refused is shown by its field, as typed."""
    status = 422
    if form.validate():
        try:
            said = act()
        except DomainError as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
        else:
            flash(str(said))
            away = (
                url_for("award_letters.batch", reference=at.reference, batch_id=batch_id)
                if bid_reference is None
                else url_for(
                    "award_letters.letter",
                    reference=at.reference,
                    batch_id=batch_id,
                    bid_reference=bid_reference,
                )
            )
            return make_response(redirect(away, 303))
    db.session.rollback()
    page = _page(at, batch_id)
    if isinstance(form, SendForm) and form.anyway.errors:
        return _sure_page(page, form, status)
    if bid_reference is None:
        return _batch_page(page, status, **{name: form})
    return _letter_page(page, bid_reference, status, **{name: form})


def _batch_page(page: LettersPage, status: int = 200, **given: BaseForm) -> Answer:
    forms = {
        "sending": SendForm(formdata=None),
        "planning": _planning(page),
        "adding": AddForm(formdata=None, addition=page.batch.addition),
        "going": GoneForm(formdata=None),
    }
    refused = next(iter(given.values()), None)
    return render_template(
        "letters/batch.html",
        page=page,
        now=access.clock().now(),
        changing=page.standing.holds and not page.standing.sent and _may(),
        form=refused,
        **{**forms, **given},
    ), status


def _sure_page(page: LettersPage, form: SendForm, status: int = 200) -> Answer:
    now = access.clock().now()
    return render_template(
        "letters/sure.html",
        page=page,
        now=now,
        ends=queries.ends_if_sent(db.session(), page, now),
        sending=form,
        form=form if form.errors else None,
    ), status


def _letter_page(
    page: LettersPage, bid_reference: str, status: int = 200, **given: BaseForm
) -> Answer:
    shown = page.of(bid_reference)
    forms = {
        "adding": AddForm(formdata=None, addition=shown.letter.addition),
        "withholding": _withholding(page, fresh=True),
        "going": GoneForm(formdata=None),
    }
    refused = next(iter(given.values()), None)
    return render_template(
        "letters/letter.html",
        page=page,
        shown=shown,
        changing=page.standing.holds and not page.standing.sent and _may(),
        recording=_may() and page.standing.sent != page.elsewhere and not shown.letter.gone_at,
        form=refused,
        **{**forms, **given},
    ), status


def _planning(page: LettersPage) -> PlanForm:
    form = PlanForm(formdata=None)
    form.send_at.data = page.batch.send_at or next_morning(
        access.clock().now(), part=page.rules.band.standstill.bank_holidays
    )
    form.way.data = "electronic" if page.batch.electronic else "other"
    return form


def _withholding(page: LettersPage, *, fresh: bool = False) -> WithholdForm:
    form = WithholdForm(formdata=None) if fresh else WithholdForm()
    form.ground.choices = [
        (each.key, f"{each.law}: {each.reason}") for each in page.rules.grounds.values()
    ]
    return form


def _may() -> bool:
    return access.current_actor().may(Permission.CONTRACT_SIGN)
