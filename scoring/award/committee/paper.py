"""Writes the paper for a committee: a main paper for the public, and an annex that is exempt."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from bids.lifecycle import BID_STATE_WORDS, BidState
from bids.opened import opened_bids
from bids.opened_bid import OpenedBid
from challenges.kinds import PriceModel
from challenges.law import route_names
from challenges.method.words import method_sentences
from challenges.models import Challenge, Stage
from marketplace.core.dates import PLACE, format_date, format_instant
from marketplace.core.letterheads.queries import letterhead
from marketplace.core.papers import Block, Bullets, Heading, Paper, Paragraph, Table
from marketplace.core.regimes.exemptions import Exemption
from scoring.award.committee.kinds import Part
from scoring.award.committee.models import AwardRoute
from scoring.award.committee.queries import exemptions_of
from scoring.award.consequences import consequences
from scoring.award.evidence.kinds import CONCERN_WORDS, STANDING_WORDS, Standing
from scoring.award.evidence.queries import Evidence, of_stage
from scoring.award.queries import Decision
from scoring.panel import declarations
from scoring.panel.lifecycle import MEASURE_WORDS, SEAT_WORDS, Interest


def paper_of(
    session: Session, stage: Stage, found: Decision, route: AwardRoute, part: Part, now: datetime
) -> Paper:
    """Write one part of the paper about a recommendation, as everything stands at `now`.

    Raises:
        LookupError: nothing is recommended, or the ground of exemption is not known.
    """
    if found.recommendation is None or found.computed is None:
        raise LookupError("a paper tells a recommendation")
    challenge = stage.challenge
    today = now.astimezone(PLACE).date()
    ground = exemptions_of(session, stage, now).find(route.exemption)
    if ground is None:
        raise LookupError(f"no ground of exemption {route.exemption}")
    told = _Told(session, stage, found, of_stage(session, stage, found.recommendation, now), now)
    annex = part is Part.ANNEX
    title = (
        _("Exempt annex: award of a contract, %(title)s", title=challenge.title)
        if annex
        else _("Award of a contract: %(title)s", title=challenge.title)
    )
    blocks = told.annex(ground) if annex else told.main(ground, named=part is Part.NAMED)
    return Paper(
        title=title,
        opening=(
            _("To: %(committee)s", committee=route.committee),
            _("Date: %(day)s", day=format_date(today)),
            _("Challenge: %(reference)s", reference=challenge.reference),
        ),
        blocks=tuple(blocks),
        letterhead=letterhead(session, challenge.buyer),
    )


class _Told:
    """Everything that a paper tells, read once."""

    def __init__(
        self, session: Session, stage: Stage, found: Decision, evidence: Evidence, now: datetime
    ) -> None:
        assert found.recommendation is not None  # the caller has looked
        assert found.computed is not None
        self.session, self.stage, self.found, self.evidence = session, stage, found, evidence
        self.now = now
        self.recommendation = found.recommendation
        self.computed = found.computed
        self.bids: dict[str, OpenedBid] = {
            bid.reference: bid for bid in opened_bids(session, stage.id)
        }
        self.rows: Sequence[dict[str, Any]] = found.computed.result["bids"]
        self.criteria: Sequence[dict[str, Any]] = found.computed.evaluation["criteria"]

    def main(self, ground: Exemption, *, named: bool) -> Iterator[Block]:
        """Give the main paper; without names, the preferred bidder is called so."""
        challenge, follows = self.stage.challenge, consequences(self.session, self.stage, self.now)
        yield Heading(_("Purpose"))
        yield Paragraph(
            _(
                "The committee is asked to approve the recommendation below, to return it with a "
                "reason, or to put the matter off."
            )
        )
        yield Heading(_("Background"))
        yield Paragraph(challenge.problem)
        if challenge.outcome:
            yield Paragraph(challenge.outcome)
        yield Heading(_("Procedure"))
        yield Paragraph(" ".join(self._procedure(challenge, follows.rules)))
        yield Table(
            _("Criteria and weights, as published"),
            (_("Criterion"), _("Weight")),
            tuple((each["title"], str(each["weight"])) for each in self.criteria),
            numeric=(1,),
        )
        yield Paragraph(
            " ".join(
                _(each.message, **each.data) if each.data else _(each.message)
                for each in method_sentences(self.stage)
            )
        )
        yield Heading(_("Outcome"))
        yield Paragraph(self._outcome())
        yield Paragraph(
            _("Recommended: %(names)s.", names=self._preferred())
            if named
            else _("The name of the recommended bidder is in the exempt annex.")
        )
        yield Heading(_("Evidence and due diligence"))
        yield Paragraph(self._counted())
        yield Heading(_("Recommendation"))
        yield Paragraph(
            _(
                "The panel recommends that the contract be awarded to the bidder whose bid it "
                "ranked as the method has it. Its reason:"
            )
            if named
            else _("The panel’s reason for its recommendation is in the exempt annex.")
        )
        if named:
            yield Paragraph(self.recommendation.reason)
        yield Heading(_("Implications"))
        yield Bullets(tuple(self._implications(challenge, follows.standstill)))
        yield Heading(_("Exempt annex"))
        yield Paragraph(
            _(
                "An annex with the other bidders’ names, prices and scores is not for the public. "
                "%(says)s (%(provision)s.)",
                says=ground.says,
                provision=self._provision(ground),
            )
        )

    def annex(self, ground: Exemption) -> Iterator[Block]:
        """Give the annex: every bid with its figures, the panel, interests."""
        yield Paragraph(_("Not for publication"), bold=True)
        yield Paragraph(
            _(
                "%(says)s (%(provision)s.)",
                says=ground.says,
                provision=self._provision(ground),
            )
        )
        yield Heading(_("Recommendation"))
        yield Paragraph(_("Recommended: %(names)s.", names=self._preferred()))
        yield Paragraph(self.recommendation.reason)
        yield Heading(_("Evidence and due diligence"))
        yield from self._evidence()
        yield Heading(_("All bids"))
        yield self._bids()
        left_out = [row for row in self.rows if not row.get("rank")]
        if left_out:
            yield Bullets(
                tuple(
                    f"{self.bids[row['id']].supplier_name}: {'; '.join(row.get('reasons') or ())}"
                    for row in left_out
                    if row["id"] in self.bids
                )
            )
        yield Heading(_("Panel"))
        members = self.found.panel.members if self.found.panel else []
        yield Bullets(
            tuple(
                f"{member.user.name}, {_(SEAT_WORDS[member.seat])}"
                for member in members
                if member.left_at is None
            )
        )
        declared = [
            item
            for item in declarations.declared_interests(self.session, self.stage.id, of_all=True)
            if item.declaration.interest is Interest.DECLARED
        ]
        yield Heading(_("Interests declared"))
        if declared:
            yield Bullets(tuple(self._interest(item) for item in declared))
        else:
            yield Paragraph(_("Nobody on the panel declared an interest."))

    def _procedure(self, challenge: Challenge, rules: str) -> Iterator[str]:
        if challenge.legal_route is not None:
            names = route_names(challenge.buyer.regime)
            yield _("Route: %(route)s.", route=_(names[challenge.legal_route]))
        yield _("Rules: %(rules)s.", rules=rules)
        if self.stage.closes_at is not None:
            yield _("Bidding closed at %(instant)s.", instant=format_instant(self.stage.closes_at))
        members = self.found.panel.members if self.found.panel else []
        seated = sum(member.left_at is None for member in members)
        yield _("A panel of %(count)d people judged the bids.", count=seated)

    def _outcome(self) -> str:
        ranked = sum(bool(row.get("rank")) for row in self.rows)
        return str(
            ngettext("%(num)d bid was received.", "%(num)d bids were received.", len(self.rows))
            + " "
            + ngettext("%(num)d was ranked.", "%(num)d were ranked.", ranked)
        )

    def _preferred(self) -> str:
        return ", ".join(bid.supplier.name for bid in self.recommendation.bids)

    def _counted(self) -> str:
        """Count documents for the public: their names may tell who the bidder works with."""
        asked = [each.standing for bid in self.evidence.preferred for each in bid.asked]
        if not asked:
            return str(_("The recommended bidder was not asked for documents."))
        accepted = sum(each is Standing.ACCEPTED for each in asked)
        return str(
            ngettext(
                "The recommended bidder was asked for %(num)d document.",
                "The recommended bidder was asked for %(num)d documents.",
                len(asked),
            )
            + " "
            + ngettext("%(num)d is accepted.", "%(num)d are accepted.", accepted)
        )

    def _evidence(self) -> Iterator[Block]:
        """Tell each document and where it stands, and what was looked up."""
        points = [
            f"{each.request.document}: {_(STANDING_WORDS[each.standing])}"
            for bid in self.evidence.preferred
            for each in bid.asked
        ]
        points += [
            f"{note.subject} {note.result} ({_(CONCERN_WORDS[note.concern])})"
            for bid in self.evidence.preferred
            for note in bid.notes
        ]
        if points:
            yield Bullets(tuple(points))
        else:
            yield Paragraph(_("No document was asked for, and nothing was looked up."))

    def _implications(self, challenge: Challenge, standstill: str) -> Iterator[str]:
        if challenge.value_minor is not None:
            yield _(
                "Financial: the total value that was published is £%(value)s without VAT.",
                value=_pounds(challenge.value_minor),
            )
        yield _("Legal: %(standstill)s", standstill=standstill)
        yield _(
            "Next: after an approval a procurement officer sends each bidder a letter with its "
            "scores and the reasons. Nobody is told before."
        )

    def _bids(self) -> Table:
        priced = self.stage.price_model is not PriceModel.FIXED_BUDGET
        head = [_("Rank"), _("Bidder")]
        if priced:
            head.append(_("Price, £"))
        head += [each["title"] for each in self.criteria]
        head.append(_("Total"))
        return Table(
            _("All bids, best first"),
            tuple(head),
            tuple(tuple(self._row(row, priced=priced)) for row in self.rows),
            numeric=tuple(range(2, len(head))),
        )

    def _row(self, row: dict[str, Any], *, priced: bool) -> Iterator[str]:
        bid = self.bids.get(row["id"])
        yield str(row["rank"]) if row.get("rank") else "–"
        state = bid.state if bid else BidState.WITHDRAWN
        name = bid.supplier_name if bid else row["id"]
        yield name if row.get("rank") else f"{name} ({_(BID_STATE_WORDS[state])})"
        if priced:
            yield _pounds(bid.price_minor) if bid and bid.price_minor is not None else "–"
        for each in self.criteria:
            scored = (row.get("criteria") or {}).get(each["id"])
            yield scored["points"]["display"] if scored and scored.get("points") else "–"
        yield row["total"]["display"] if row.get("total") else "–"

    def _interest(self, item: declarations.DeclaredInterest) -> str:
        declared, decision = item.declaration, item.decision
        said = f"{declared.member.user.name}: {declared.statement}"
        if decision is None:
            return f"{said} ({_('not decided')})"
        return f"{said} ({_(MEASURE_WORDS[decision.measure])}: {decision.reason})"

    def _provision(self, ground: Exemption) -> str:
        source = exemptions_of(self.session, self.stage, self.now).source
        return f"{source}, {ground.provision}"


def _pounds(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"
