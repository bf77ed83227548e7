"""Letters to bidders: how a body presents itself in them, and a bidder that asks for more."""

from datetime import timedelta

from sqlalchemy import select, update

from marketplace.core.database import db
from marketplace.core.letterheads import queries as letterheads
from marketplace.core.letterheads.service import Said, change
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.transaction import transaction
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling
from scoring.award.letters import requests
from scoring.award.letters import service as letters
from scoring.award.letters.models import LetterMessage

_ASKED = (
    "We would like to know what the panel missed in our answer about the people who do the work, "
    "and what the bid that you prefer did better there."
)


def send(telling: Telling) -> None:
    """Send the letters of an approved award, with a letterhead that the body has filled in."""
    officer, session = telling.officers[0], db.session()
    if letterheads.stored(session, officer.organisation_id) is None:
        change(
            Said(
                address="1 Fictional Square\nSampleton\nZZ1 1ZZ",
                contact="procurement@body.example, answered on working days",
                signatory_name=officer.name,
                signatory_role="Procurement officer",
                reference_prefix="PROC/",
            ),
            actor=officer,
            clock=telling.clock,
        )
    letters.send_now(telling.reference, actor=officer, clock=telling.clock)
    hand_over()


def hand_over() -> None:
    """Note the e-mails about letters as handed over when they were written, as the sweeper would
    have: no contract is signed before."""
    with transaction() as session:
        session.execute(
            update(Notice)
            .where(Notice.sent_at.is_(None), Notice.id.in_(select(LetterMessage.notice_id)))
            .values(sent_at=Notice.created_at)
        )


def ask_for_more(telling: Telling, preferred: str) -> History:
    """Have the first bidder that is not preferred ask for further information an hour later."""
    others = [bid for bid in telling.bid_set.bids if bid.supplier != preferred]
    if not others:
        return
    yield telling.clock.now() + timedelta(hours=1)
    supplier = others[0].supplier
    requests.ask(
        telling.bid_references[supplier],
        words=_ASKED,
        actor=telling.cast.one(supplier, Role.SUPPLIER_ADMIN),
        clock=telling.clock,
    )
