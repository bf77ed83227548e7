"""The papers of the example: what goes with bids beside their answers, and what was checked.

Some challenges take files, one asks for a price by milestone, and one body has checked a document
of the founder's, which the founder lets others see.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from bids import service
from bids.attachments import service as attachments
from bids.documents import Milestone
from bids.evidence import queries as checks
from bids.evidence import service as evidence
from bids.evidence.kinds import Evidence
from challenges.queries import own_challenge
from challenges.stages import service as stages
from challenges.stages.terms import read_step
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from marketplace.core.pdf import render_pdf
from marketplace.core.permissions import Actor, Role
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling

_ONE_PDF: Mapping[str, Any] = {"attach_kinds": "pdf", "attach_most": 1, "attach_mb": 5}

# By the key of the challenge: what its first stage asks beside answers.
ASKS: Mapping[str, Mapping[str, Any]] = {
    "urban-air-quality": _ONE_PDF,
    "tenement-commons": {"attach_kinds": "pdf png csv", "attach_most": 3, "attach_mb": 10},
}
MILESTONES = (("A model of one district", 20), ("All districts", 50), ("A year of use", 30))
PRICED_BY_MILESTONE = "road-condition"
# Whose document was checked, and on which challenge.
CHECKED, SUPPLIER = "flood-forecasts", "kittiwake-signals"

_PAGE = """<html lang="en"><head><style>
  @page { size: A4; margin: 25mm 20mm } body { font-family: 'Report Sans'; font-size: 11pt }
  h1 { font-size: 20pt } th, td { text-align: left; padding: 2mm 6mm 2mm 0 }
</style></head><body><h1>%(supplier)s</h1><h2>How we would work in the first twelve weeks</h2>
<table>
<thead><tr><th scope="col">Weeks</th><th scope="col">What people can try then</th></tr></thead>
<tbody>
<tr><td>1 to 3</td><td>We sit beside those who do the work today, and write it down.</td></tr>
<tr><td>4 to 7</td><td>A first version for one street, on their own phones.</td></tr>
<tr><td>8 to 12</td><td>The second version, with what the first one taught us.</td></tr>
</tbody></table><p>An example document of a made-up supplier.</p></body></html>"""


def ask_for(telling: Telling) -> None:
    """Have the lead say which files the first stage takes, or by which milestones it is priced."""
    asks = dict(ASKS.get(telling.item.key, {}))
    if telling.item.key == PRICED_BY_MILESTONE:
        asks["milestones"] = "\n".join(name for name, _percent in MILESTONES)
    stage = own_challenge(db.session(), telling.reference, telling.lead, whole=True).stages[0]
    content, stage_id = replace(read_step(stage), **asks), stage.id
    db.session.rollback()
    stages.change_stage(
        telling.reference, stage_id, content, actor=telling.lead, clock=telling.clock
    )


def asks_for_more(telling: Telling) -> bool:
    """Tell whether a challenge asks for more than answers."""
    return telling.item.key in ASKS or telling.item.key == PRICED_BY_MILESTONE


def attach(telling: Telling, bid: str, supplier: str, actor: Actor) -> None:
    """Attach the plan of a supplier's work to its bid, where the challenge takes files."""
    if telling.item.key not in ASKS:
        return
    name = next(item.name for item in telling.content.suppliers if item.key == supplier)
    plan = render_pdf(
        _PAGE % {"supplier": name},
        title="How we would work",
        created=telling.clock.now(),
        identifier=bid.encode(),
        author=name,
    )
    attachments.attach(
        bid, name="How we would work.pdf", file=BytesIO(plan), actor=actor, clock=telling.clock
    )


def price(telling: Telling, bid: str, pounds: int, actor: Actor) -> None:
    """Enter a price, by milestone where the challenge asks so; the last one takes what is left."""
    if telling.item.key != PRICED_BY_MILESTONE:
        service.save_price(bid, pounds * 100, actor=actor, clock=telling.clock)
        return
    parts = [pounds * percent for _name, percent in MILESTONES[:-1]]
    parts.append(pounds * 100 - sum(parts))
    named = zip(MILESTONES, parts, strict=True)
    service.save_milestones(
        bid,
        [Milestone(name, amount) for (name, _percent), amount in named],
        actor=actor,
        clock=telling.clock,
    )


def check(telling: Telling) -> History:
    """Have an officer check the founder's insurance, and the founder let other bodies see it."""
    opened = telling.days.opened
    if telling.item.key != CHECKED or opened is None:
        return
    yield opened + timedelta(days=1)
    evidence.record_check(
        telling.reference,
        telling.bid_references[SUPPLIER],
        evidence.Seen(
            Evidence.INSURANCE,
            "Public liability insurance, certificate of the insurer",
            "Cover of £5 million for each claim, in the supplier’s own name.",
            (telling.clock.now() + timedelta(days=300)).astimezone(PLACE).date(),
        ),
        actor=telling.officers[0],
        clock=telling.clock,
    )
    yield opened + timedelta(days=2)
    founder = telling.cast.one(SUPPLIER, Role.SUPPLIER_ADMIN)
    for seen in checks.seen_by_supplier(db.session(), founder, telling.clock.now()):
        db.session.rollback()
        evidence.set_sharing(seen.id, shared=True, actor=founder, clock=telling.clock)
