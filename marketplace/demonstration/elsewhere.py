"""A challenge whose bids went elsewhere: one officer has put them down, another may bring them in.

Who visits the demonstration as the second officer finds the check page ready.
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta

from openpyxl import load_workbook

from bids.drafts import asked_of
from bids.elsewhere import service, writing
from bids.elsewhere.layout import BIDS, FIRST_ROW, SHEET_NAME, Column, answer_key, headings
from challenges.elsewhere.service import send_elsewhere
from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling

# How long after closing there an officer has all bids together.
PUTTING_DOWN = timedelta(hours=3)


@dataclass(frozen=True)
class Notice:
    """Where bids go: the reference of the notice, and its address."""

    reference: str
    link: str


NOTICES = {
    "findable-statistics": Notice("NSS-2211", "https://notices.example/health/NSS-2211"),
}


def send(telling: Telling) -> None:
    """Say in the draft where bids go."""
    notice = NOTICES[telling.item.key]
    send_elsewhere(
        telling.reference,
        notice=notice.reference,
        link=notice.link,
        actor=telling.lead,
        clock=telling.clock,
    )


def put_down(telling: Telling) -> History:
    """Have the first officer put all bids down, in a ZIP with the sheet."""
    closes = telling.days.closes
    if closes is None:
        raise ValueError(f"{telling.reference} does not close")
    yield closes + PUTTING_DOWN
    service.bring_archive(
        telling.reference, file=_archive(telling), actor=telling.officers[0], clock=telling.clock
    )


def _archive(telling: Telling) -> io.BytesIO:
    """Fill in the challenge's own sheet with what the suppliers wrote."""
    challenge = own_challenge(db.session(), telling.reference, telling.officers[0], whole=True)
    asked, closes = asked_of(challenge.stage), telling.days.closes
    columns = headings(asked)
    empty = writing.write(
        columns,
        asked,
        title=challenge.title,
        reference=challenge.reference,
        closes="",
        now=telling.clock.now(),
        translate=lambda words, **data: words % data,
    )
    book = load_workbook(io.BytesIO(empty))
    names = {supplier.key: supplier.name for supplier in telling.content.suppliers}
    for number, bid in enumerate(telling.bid_set.bids, start=FIRST_ROW):
        received = (closes or telling.clock.now()) - timedelta(hours=bid.hours_before_closing)
        cells = {
            Column.SUPPLIER: names[bid.supplier],
            Column.RECEIVED: f"{received.astimezone(PLACE):%d/%m/%Y %H:%M}",
            **{answer_key(key): text for key, text in bid.answers.items()},
        }
        for place, heading in enumerate(columns, start=1):
            if heading.key in cells:
                book[BIDS].cell(number, place).value = cells[heading.key]
    sheet, packed = io.BytesIO(), io.BytesIO()
    book.save(sheet)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(SHEET_NAME, sheet.getvalue())
    packed.seek(0)
    return packed
