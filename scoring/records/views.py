"""Pages of a body's records: all its purchases with their exceptions, registers, a sample."""

import uuid
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any, TypeVar

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _

from challenges.finding import places
from marketplace.core import access, sheets
from marketplace.core.access import public, requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError
from marketplace.core.permissions import Permission
from scoring.records import listing, registers, service
from scoring.records.flags import TOLD, Flag
from scoring.records.forms import SampleForm
from scoring.records.listing import ORDER_WORDS, Order
from scoring.records.periods import (
    BASIS_WORDS,
    Basis,
    period_asked,
    year_of,
    year_words,
    years_offered,
)
from scoring.records.service import SAMPLE_MOST, Asked, Format, What

blueprint = Blueprint("records", __name__)

_READERS = (Permission.CONTRACT_SIGN, Permission.RECORD_AUDIT)
_TYPES = {Format.CSV: sheets.CSV, Format.XLSX: sheets.XLSX}
WORDS_MOST = 200

_Choice = TypeVar("_Choice", Order, Basis, Flag)


@blueprint.context_processor
def _told() -> dict[str, object]:
    return {"told": TOLD, "basis_words": BASIS_WORDS, "order_words": ORDER_WORDS}


@blueprint.get("/work/records")
@requires(*_READERS)
def index() -> str:
    """Say what lists and files there are."""
    year = year_of(access.clock().now())
    return render_template("records/index.html", year=year_words(year))


@blueprint.get("/work/records/purchases")
@requires(*_READERS)
def purchases() -> str:
    """Show every purchase of a period with its exceptions; an auditor's reading is recorded."""
    asked, order = _asked(), _one(Order, "order") or Order.DATE
    found = service.read_purchases(asked, actor=access.current_actor(), clock=access.clock())
    page = listing.page_of(
        found,
        flag=asked.flag,
        only_flagged=asked.only_flagged,
        words=asked.words,
        order=order,
        after=request.args.get("after"),
    )
    return render_template(
        "records/purchases.html",
        page=page,
        all_count=len(found),
        asked=asked,
        order=order,
        address=_address(asked, order),
        years=_years(),
        flags=list(Flag),
    )


@blueprint.get("/work/records/<any(purchases, contracts, annual):what>.<any(xlsx, csv):sheet>")
@requires(*_READERS)
def download(what: str, sheet: str) -> Response:
    """Give a list as a file; the download is recorded."""
    asked = _asked()
    content = service.export(
        What(what),
        Format(sheet),
        asked,
        actor=access.current_actor(),
        clock=access.clock(),
        translate=_,
    )
    days = "" if what == What.CONTRACTS else f"-{asked.period.first}-{asked.period.last}"
    return _file(content, sheet, f"{what}{days}.{sheet}")


@blueprint.get("/work/records/contracts")
@requires(*_READERS)
def contracts() -> str:
    """Show the contracts register of the body."""
    actor = access.current_actor()
    lines = registers.contract_lines(db.session(), actor.organisation_id)
    return render_template("records/contracts.html", lines=lines, body_id=actor.organisation_id)


@blueprint.get("/bodies/<uuid:body_id>/contracts")
@public
def public_contracts(body_id: uuid.UUID) -> str:
    """Show everybody the contracts that a body has signed."""
    session = db.session()
    body = places.body(session, body_id)
    lines = registers.contract_lines(session, body.id, public=True)
    return render_template("records/public_contracts.html", body=body, lines=lines)


@blueprint.get("/bodies/<uuid:body_id>/contracts.<any(xlsx, csv):sheet>")
@public
def public_download(body_id: uuid.UUID, sheet: str) -> Response:
    """Give everybody the contracts that a body has signed, as a file."""
    session = db.session()
    body = places.body(session, body_id)
    lines = registers.contract_lines(session, body.id, public=True)
    table = registers.register_table(lines, _)
    content = (
        sheets.as_csv(table)
        if sheet == Format.CSV
        else sheets.as_xlsx([table], title=table.name, now=access.clock().now())
    )
    return _file(content, sheet, f"contracts-register.{sheet}")


@blueprint.get("/work/records/annual")
@requires(*_READERS)
def annual() -> str:
    """Show what the annual report says of a financial year's contracts."""
    actor, asked = access.current_actor(), _asked()
    lines = registers.contract_lines(db.session(), actor.organisation_id, asked.period)
    return render_template(
        "records/annual.html",
        lines=[line for line in lines if line.regulated],
        summary=registers.summary(lines),
        asked=asked,
        years=_years(),
    )


@blueprint.route("/work/records/sample", methods=["GET", "POST"])
@requires(Permission.RECORD_AUDIT)
def sample() -> str | Response | tuple[str, int]:
    """Draw a sample by a seed, which is recorded; show what a seed draws."""
    asked, form, status = _asked(), SampleForm(), 200
    actor, clock = access.current_actor(), access.clock()
    if form.validate_on_submit():
        try:
            service.draw_sample(
                asked, seed=form.seed.data or "", size=form.size.data, actor=actor, clock=clock
            )
        except DomainError as error:
            form.refuse(error)
        else:
            drawn = {**_period(asked), "seed": form.seed.data, "size": form.size.data}
            return make_response(redirect(url_for("records.sample", **drawn), code=303))
    if form.errors:
        status = 422
    seed, size = request.args.get("seed", "")[:64], request.args.get("size", 0, type=int)
    drawn_now = None
    if request.method == "GET" and seed and 1 <= size <= SAMPLE_MOST:
        form.seed.data, form.size.data = seed, size
        if service.is_drawn(asked, seed=seed, size=size, actor=actor):
            drawn_now = service.sample_of(asked, seed=seed, size=size, actor=actor, clock=clock)
    page = render_template(
        "records/sample.html", form=form, asked=asked, sample=drawn_now, period=_period(asked)
    )
    return page, status


def _file(content: bytes, sheet: str, name: str) -> Response:
    return send_file(
        BytesIO(content),
        mimetype=_TYPES[Format(sheet)],
        as_attachment=True,
        download_name=name,
        max_age=0,
    )


def _asked() -> Asked:
    """Take what is asked for from the address; what makes no sense asks for nothing."""
    args = request.args
    return Asked(
        period=period_asked(
            args.get("year", ""), _day("first"), _day("last"), access.clock().now()
        ),
        basis=_one(Basis, "by") or Basis.PUBLISHED,
        flag=_one(Flag, "flag"),
        only_flagged=args.get("flag") == listing.Which.FLAGGED,
        words=args.get("q", "")[:WORDS_MOST].strip(),
    )


def _one(kind: type[_Choice], name: str) -> _Choice | None:
    said = request.args.get(name)
    return next((each for each in kind if each.value == said), None)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _period(asked: Asked) -> dict[str, Any]:
    """Say a period and its basis in an address."""
    year, basis = asked.period.year, asked.basis
    days = {"first": str(asked.period.first), "last": str(asked.period.last)}
    told = {"year": str(year)} if year else days
    return told if basis is Basis.PUBLISHED else {**told, "by": basis.value}


def _address(asked: Asked, order: Order) -> Mapping[str, str]:
    flag = asked.flag.value if asked.flag else listing.Which.FLAGGED if asked.only_flagged else ""
    further = {"flag": flag, "q": asked.words, "order": "" if order is Order.DATE else order.value}
    return {**_period(asked), **{name: said for name, said in further.items() if said}}


def _years() -> list[tuple[int, str]]:
    return [(year, year_words(year)) for year in years_offered(access.clock().now())]
