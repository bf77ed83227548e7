"""Which page is looked at as whom: every page of the application, on the loaded demonstration.

A visit names somebody by role, and a challenge by how far it has come. Whoever adds a page adds a
line here.
"""

import uuid
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.closing_models import DeadlineChange
from challenges.kinds import CriterionKind
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import (
    Membership,
    MembershipRole,
    Organisation,
    OrganisationKind,
    User,
)
from marketplace.core.permissions import Role
from marketplace.core.regimes.changing.models import RegimeProposal
from marketplace.core.regimes.holidays.models import LocalHoliday
from scoring.panel.models import (
    BidderParty,
    ConflictDeclaration,
    Panel,
    PanelMember,
    PartyBid,
    Seat,
)
from tests.conftest import NOW
from tests.journeys import Step

LEAD, OFFICER = Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER
CHAIR, EVALUATOR = Role.CHAIR, Role.EVALUATOR
APPROVER, AUDITOR = Role.APPROVER, Role.AUDITOR
BIDDER, TEAM = Role.SUPPLIER_ADMIN, Role.PLATFORM_ADMIN

# A version of the rules by which bodies buy.
RULES = {"regime": "scotland", "name": "2026-01"}

# Where nobody needs to be signed in, and no challenge is asked for.
VISITOR = None


@dataclass(frozen=True)
class Visit:
    """Who looks, and at which challenge: of the demonstration, or of a journey at some step."""

    who: Role | None = VISITOR
    at: str | Step = ""
    more: str = ""


VISITS: dict[str, Visit] = {
    "web.home": Visit(),
    "web.about": Visit(),
    "web.accessibility": Visit(),
    "web.privacy": Visit(),
    "web.demo": Visit(),
    "web.outbox": Visit(),
    "web.work": Visit(OFFICER, "open"),
    "web.challenge": Visit(OFFICER, "contract_signed"),
    "challenges.index": Visit(),
    "challenges.show": Visit(VISITOR, "open"),
    "challenges.own": Visit(LEAD, "open"),
    "challenges.create": Visit(LEAD, "draft"),
    "challenges.write": Visit(LEAD, "draft"),
    "challenges.section": Visit(LEAD, "draft"),
    "challenges.criteria": Visit(LEAD, "draft"),
    "challenges.add_criterion": Visit(LEAD, "draft"),
    "challenges.change_criterion": Visit(LEAD, "draft"),
    "challenges.delete_criterion": Visit(LEAD, "draft"),
    "challenges.method": Visit(LEAD, "draft"),
    "simulator.show": Visit(LEAD, "draft"),
    "challenges.preview": Visit(LEAD, "draft"),
    "challenges.review": Visit(OFFICER, "in_review"),
    "challenges.return_": Visit(OFFICER, "in_review"),
    "challenges.publish": Visit(OFFICER, Step.READY),
    "challenges.cancel": Visit(OFFICER, "draft"),
    "challenges.stop": Visit(OFFICER, "opened"),
    "challenges.name_opener": Visit(OFFICER, "open"),
    "challenges.deadline": Visit(OFFICER, "open"),
    "bids.index": Visit(BIDDER, "open"),
    "bids.start": Visit(VISITOR, "open"),
    "bids.task_list": Visit(BIDDER, "open"),
    "bids.answer": Visit(BIDDER, "open"),
    "bids.price": Visit(BIDDER, "open", "priced"),
    "bids.terms": Visit(BIDDER, "open"),
    "bids.check": Visit(BIDDER, "open"),
    "bids.submit": Visit(BIDDER, "open", "changing"),
    "bids.discard": Visit(BIDDER, "open", "changing"),
    "bids.withdraw": Visit(BIDDER, "open", "submitted"),
    "bids.receipt": Visit(BIDDER, "open", "submitted"),
    "bids.eligibility": Visit(BIDDER, "open"),
    "bids.declare": Visit(BIDDER, "open"),
    "opening.passphrase": Visit(OFFICER, Step.OPEN),
    "opening.show": Visit(OFFICER, "closed"),
    "opening.bids": Visit(OFFICER, "opened"),
    "opening.bid": Visit(OFFICER, "opened"),
    "opening.decide": Visit(OFFICER, "opened"),
    "panel.home": Visit(EVALUATOR, "scoring"),
    "panel.name": Visit(LEAD, "open", "unnamed"),
    "panel.add": Visit(LEAD, "opened"),
    "panel.replace": Visit(LEAD, "opened"),
    "panel.briefing": Visit(EVALUATOR, Step.CLOSED),
    "panel.interests": Visit(EVALUATOR, "scoring"),
    "panel.declared": Visit(CHAIR, "scoring", "declared"),
    "panel.decide": Visit(CHAIR, Step.OPENED),
    "panel.begin": Visit(CHAIR, Step.OPENED),
    "panel.chair": Visit(CHAIR, "scoring"),
    "panel.question": Visit(EVALUATOR, "scoring"),
    "panel.bid": Visit(EVALUATOR, "scoring"),
    "panel.texts": Visit(EVALUATOR, "scoring"),
    "panel.check": Visit(EVALUATOR, "scoring"),
    "panel_sheets.bring": Visit(EVALUATOR, "scoring"),
    "panel.correct": Visit(EVALUATOR, Step.SCORED),
    "panel.begin_moderation": Visit(CHAIR, Step.SCORED),
    "panel.moderation": Visit(CHAIR, "moderating"),
    "panel.cell": Visit(CHAIR, "moderating"),
    "award.conclude": Visit(CHAIR, Step.MODERATING),
    "award.result": Visit(AUDITOR, "contract_signed"),
    "award.trace": Visit(AUDITOR, "contract_signed"),
    "low_prices.index": Visit(AUDITOR, "contract_signed"),
    "award.recommend": Visit(CHAIR, Step.LOCKED),
    "award.sign_off": Visit(APPROVER, Step.RECOMMENDED),
    "award.contract": Visit(OFFICER, "intention_to_award"),
    "award_letters.show": Visit(OFFICER, "intention_to_award"),
    "award_letters.every": Visit(OFFICER, "intention_to_award"),
    "award_letters.asked": Visit(OFFICER, "intention_to_award"),
    "award.outcome": Visit(BIDDER, "intention_to_award"),
    "debriefs.index": Visit(OFFICER, "intention_to_award"),
    "debrief.show": Visit(BIDDER, "intention_to_award"),
    "again.show": Visit(OFFICER, "intention_to_award"),
    "again.propose": Visit(OFFICER, "intention_to_award"),
    "complaints.index": Visit(OFFICER, "intention_to_award"),
    "complaints.record": Visit(OFFICER, "intention_to_award"),
    "complaints.record_court": Visit(OFFICER, "intention_to_award"),
    "complaint.show": Visit(BIDDER, "intention_to_award"),
    "timeline.show": Visit(AUDITOR, "contract_signed"),
    "timeline.show_public": Visit(VISITOR, "contract_signed"),
    "auditing.index": Visit(AUDITOR, "contract_signed"),
    "awards.index": Visit(),
    "awards.show": Visit(VISITOR, "contract_signed"),
    "awards.debrief_page": Visit(BIDDER, "intention_to_award"),
    "verify.show": Visit(),
    "log.index": Visit(),
    "log.checkpoint_list": Visit(),
    "letterheads.edit": Visit(OFFICER, "open"),
    "accounts.person": Visit(OFFICER, "open"),
    "accounts.organisation": Visit(OFFICER, "open"),
    "accounts.register_organisation": Visit(OFFICER, "open"),
    "accounts.register": Visit(OFFICER, "open"),
    "accounts.invite": Visit(OFFICER, "open"),
    "accounts.roles": Visit(OFFICER, "open"),
    "accounts.end": Visit(OFFICER, "open"),
    "accounts.invitation": Visit(OFFICER, "open"),
    "accounts.organisations": Visit(TEAM),
    "holidays.show": Visit(OFFICER, "open"),
    "holidays.take_back": Visit(OFFICER, "open"),
    "records.purchases": Visit(AUDITOR, "contract_signed"),
    "case_file.show": Visit(AUDITOR, "contract_signed"),
    "keeping.index": Visit(OFFICER, "contract_signed"),
    "rules.index": Visit(TEAM),
    "rules.show": Visit(OFFICER, "open"),
    "rules.version": Visit(VISITOR, "open"),
    "rules.propose": Visit(TEAM),
    "rules.proposal": Visit(TEAM),
    "rules.choose": Visit(TEAM),
    "accounts.verify": Visit(TEAM, "", "waiting"),
}
# Pages that look otherwise for others, or at another time.
MORE: tuple[tuple[str, Visit], ...] = (
    *(
        ("challenges.section", Visit(LEAD, "draft", section))
        for section in ("outcome", "place", "money", "timeline", "sponsors")
    ),
    *(("web.work", Visit(role, "scoring")) for role in (LEAD, CHAIR, EVALUATOR, APPROVER, AUDITOR)),
    ("web.work", Visit(BIDDER, "open")),
    ("web.work", Visit(TEAM)),
    *(
        ("web.challenge", Visit(LEAD, state))
        for state in ("draft", "in_review", "open", "closed", "opened", "scoring", "moderating")
    ),
    ("challenges.write", Visit(LEAD, "in_review")),
    *(
        ("challenges.show", Visit(VISITOR, state))
        for state in ("closed", "stopped", "cancelled", "contract_signed")
    ),
    ("bids.index", Visit(BIDDER, "opened")),
    ("challenges.deadline", Visit(OFFICER, "open", "moving")),
    *(("bids.task_list", Visit(BIDDER, "open", more)) for more in ("submitted", "changing")),
    *((f"bids.{name}", Visit(BIDDER, "open", "submitted")) for name in ("answer", "terms")),
    ("bids.task_list", Visit(BIDDER, "opened")),
    ("opening.passphrase", Visit(OFFICER, "closed")),
    *(("opening.show", Visit(OFFICER, at)) for at in ("open", "opened", Step.READY)),
    ("panel.home", Visit(EVALUATOR, "moderating")),
    ("panel.home", Visit(LEAD, "scoring")),
    ("panel.chair", Visit(CHAIR, "moderating")),
    ("panel.chair", Visit(CHAIR, Step.OPENED)),
    ("panel.check", Visit(EVALUATOR, Step.SCORED)),
    ("panel.moderation", Visit(CHAIR, Step.LOCKED)),
    ("award.result", Visit(CHAIR, Step.LOCKED)),
    ("award.result", Visit(APPROVER, "intention_to_award")),
    ("award.sign_off", Visit(APPROVER, "intention_to_award")),
    ("award.outcome", Visit(BIDDER, "contract_signed")),
    ("awards.show", Visit(VISITOR, "intention_to_award")),
    ("awards.show", Visit(AUDITOR, "contract_signed")),
)
# The steps of signing in lead from one to the next; a test of their own takes them.
SIGNING_IN = frozenset(
    f"security.{name}"
    for name in (
        *("login", "register", "send_confirmation", "confirm_email", "forgot_password"),
        *("reset_password", "two_factor_token_validation", "mf_recovery", "verify"),
        *("change_password", "two_factor_setup", "mf_recovery_codes"),
    )
)
# Not pages: files, and what answers a machine.
FILES = frozenset(
    {
        *("static", "web.brand", "web.icon", "web.health"),
        *("log.newest", "log.checkpoint", "log.stamp", "log.tile", "log.inclusion"),
        *("timeline.download", "timeline.download_public", "plans.show", "ocds.show"),
        *("log.consistency", "log.key_list", "log.key_changes", "log.formats"),
        *("attachments.draft", "attachments.opened", "attachments.submitted", "panel.file"),
        *("panel_sheets.take", "elsewhere.sheet", "award_letters.file", "own_letters.file"),
        *("letterheads.sample", "delivery.file", "own_delivery.file"),
        "court_orders.file",
        *("asked_of_us.file", "preferred.file", "committee.paper", "committee.minute"),
        *("portable.export_file", "portable.export_pdf", "portable.spd_text"),
        *("records.download", "records.public_download", "case_file.download"),
        *(
            "awards.report",
            "awards.report_full",
            "auditing.report",
            "awards.debrief",
            "awards.scores",
            "awards.scores_full",
            "awards.evaluation",
            "bids.receipt_file",
        ),
        *("plans.text", "plans.version", "public_changes.text", "documents.own", "documents.show"),
        "rules.file",
        *("finding.atom", "finding.calendar", "finding.challenge_atom"),
        *(
            "finding.challenge_calendar",
            "live.ics",
            "interviews.ics",
            "interview.ics",
            "debrief.ics",
        ),
    }
)
# Closed to everybody; they stand in the map because Flask-Security puts them there.
CLOSED = frozenset({"security.tf_select", "security.two_factor_rescue"})
# These refuse what is sent with nothing filled in.
REFUSE_EMPTY = frozenset(
    {
        *("challenges.create", "challenges.section", "challenges.criteria"),
        *("challenges.add_criterion", "challenges.change_criterion", "challenges.return_"),
        *("challenges.cancel", "challenges.stop", "challenges.publish", "challenges.deadline"),
        *("bids.price", "bids.terms", "bids.submit", "bids.declare"),
        *("opening.passphrase", "opening.show", "opening.decide"),
        *("panel.name", "panel.add", "panel.replace", "panel.briefing"),
        *("panel.decide", "panel.correct", "panel.cell"),
        *("award.recommend", "award.sign_off", "award.contract", "verify.show"),
        "letterheads.edit",
        *("accounts.register", "accounts.invite", "accounts.roles", "accounts.verify"),
    }
)


@dataclass(frozen=True)
class Found:
    """A visit as it can be made: by this person, to an address with these parts."""

    person: uuid.UUID | None
    organisation: uuid.UUID | None
    values: dict[str, object]


class Guide:
    """Finds in the database what the visits name."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, visit: Visit, reference: str = "") -> Found:
        """Find who looks and at what; `reference` names the challenge of a journey.

        Raises:
            LookupError: the demonstration holds nothing of the kind.
        """
        if visit.who is TEAM:
            return Found(*self._with_role(TEAM, None), self._of_team(visit))
        challenge = self._challenge(visit, reference)
        if challenge is None:
            return Found(None, None, {})
        bid = self._bid(challenge, visit)
        if visit.who in (CHAIR, EVALUATOR):
            person, organisation = self._seated(challenge, visit), challenge.buyer_id
        elif visit.who is VISITOR:
            person, organisation = None, None
        else:
            owner = bid.supplier_id if visit.who is BIDDER and bid else challenge.buyer_id
            person, organisation = self._with_role(visit.who, owner)
        return Found(person, organisation, self._values(visit, challenge, bid, organisation))

    def _challenge(self, visit: Visit, reference: str) -> Challenge | None:
        if reference:
            return cast(
                Challenge, self._first(select(Challenge).where(Challenge.reference == reference))
            )
        if not visit.at:
            return None
        statement = select(Challenge).join(Stage).order_by(Challenge.reference)
        phase = statement.join(Panel, Panel.stage_id == Stage.id).where(
            Panel.scoring_began_at.is_not(None), Challenge.state == State.EVALUATING
        )
        found = {
            "scoring": phase.where(Panel.moderation_began_at.is_(None)),
            "moderating": phase.where(Panel.moderation_began_at.is_not(None)),
            "closed": statement.where(Challenge.state == State.OPEN, Stage.closes_at < NOW),
            "open": statement.where(Challenge.state == State.OPEN, Stage.closes_at > NOW),
        }.get(str(visit.at), statement.where(Challenge.state == str(visit.at)))
        if visit.more == "priced":
            found = found.where(Stage.price_model != "fixed_budget")
        if visit.more == "moving":
            waits = select(DeadlineChange.stage_id).where(DeadlineChange.outcome.is_(None))
            found = found.where(Stage.id.in_(waits))
        if visit.more == "unnamed":
            found = found.where(~Stage.id.in_(select(Panel.stage_id)))
        if visit.more == "declared":
            found = found.where(
                Stage.id.in_(select(PanelMember.stage_id).join(ConflictDeclaration))
            )
        if visit.who is BIDDER:
            found = found.where(Stage.id.in_(self._bids(visit).with_only_columns(Bid.stage_id)))
        return cast(Challenge, self._first(found))

    def _bids(self, visit: Visit) -> "Select[Any]":
        """Select bids that somebody may look at in the way asked for."""
        statement = select(Bid).order_by(Bid.reference)
        if visit.at == "open":
            drafted = visit.more != "submitted"
            state = "submitted" if visit.more in ("submitted", "changing") else "draft"
            return statement.where(
                Bid.state == state,
                Bid.draft_key_id.is_not(None) if drafted else Bid.draft_key_id.is_(None),
            )
        return statement.where(Bid.state == "valid")

    def _bid(self, challenge: Challenge, visit: Visit) -> Bid | None:
        statement = select(Bid).where(Bid.challenge_id == challenge.id).order_by(Bid.reference)
        if visit.who is BIDDER:
            statement = self._bids(visit).where(Bid.challenge_id == challenge.id)
        if visit.who is CHAIR:
            declared = (
                select(PartyBid.bid_id)
                .join(ConflictDeclaration, ConflictDeclaration.party_id == PartyBid.party_id)
                .where(ConflictDeclaration.interest == "declared")
            )
            statement = statement.order_by(None).order_by(Bid.id.in_(declared).desc())
        return self.session.scalars(statement).first()

    def _seated(self, challenge: Challenge, visit: Visit) -> uuid.UUID:
        members = select(PanelMember).where(
            PanelMember.stage_id == challenge.stage.id, PanelMember.left_at.is_(None)
        )
        seat = Seat.CHAIR if visit.who is CHAIR else Seat.EVALUATOR
        open_work = members.where(PanelMember.seat == seat).order_by(
            PanelMember.scores_submitted_at.is_not(None), PanelMember.label
        )
        return cast(PanelMember, self._first(open_work)).user_id

    def _with_role(
        self, role: Role | None, organisation: uuid.UUID | None
    ) -> tuple[uuid.UUID, uuid.UUID]:
        statement = (
            select(Membership)
            .join(MembershipRole)
            .join(User)
            .where(MembershipRole.role == role, Membership.ended_at.is_(None))
            .order_by(User.name)
        )
        if organisation is not None:
            statement = statement.where(Membership.organisation_id == organisation)
        found = cast(Membership, self._first(statement))
        return found.user_id, found.organisation_id

    def _of_team(self, visit: Visit) -> dict[str, object]:
        waiting = select(Organisation).where(
            Organisation.verified_at.is_(None), Organisation.kind != OrganisationKind.PLATFORM
        )
        bodies = select(Organisation).where(Organisation.kind == OrganisationKind.BODY)
        shown = self._first(waiting if visit.more == "waiting" else bodies)
        proposed = self._first(select(RegimeProposal))
        return {"organisation_id": shown.id, "proposal_id": proposed.id, **RULES}

    def _values(
        self,
        visit: Visit,
        challenge: Challenge,
        bid: Bid | None,
        organisation: uuid.UUID | None,
    ) -> dict[str, object]:
        questions = [c for c in challenge.stage.criteria if c.kind is CriterionKind.QUALITY]
        label = self.session.scalar(
            select(PanelMember.label)
            .outerjoin(ConflictDeclaration)
            .where(PanelMember.stage_id == challenge.stage.id, PanelMember.left_at.is_(None))
            .order_by((ConflictDeclaration.interest == "declared").desc(), PanelMember.label.desc())
        )
        party = self.session.scalar(
            select(BidderParty.key)
            .join(ConflictDeclaration, ConflictDeclaration.party_id == BidderParty.id)
            .where(BidderParty.stage_id == challenge.stage.id)
            .order_by((ConflictDeclaration.interest == "declared").desc())
        )
        colleague = self.session.scalar(
            select(Membership.id).where(Membership.organisation_id == organisation)
        )
        return {
            "reference": challenge.reference,
            "challenge": challenge.reference,
            "bid_reference": bid.reference if bid else "",
            "handle": bid.reference if bid else "",
            "bid": bid.reference if bid else "",
            "checked": bid.row_version if bid else 0,
            "key": questions[0].key if questions else "",
            "label": label or "",
            "party": party or "",
            "version": 1,
            "section": visit.more or "problem",
            "kind": "body",
            "organisation_id": organisation,
            "membership_id": colleague,
            "invitation_id": uuid.UUID(int=7),
            "day": self.session.scalar(
                select(func.max(LocalHoliday.day)).where(
                    LocalHoliday.organisation_id == organisation
                )
            ),
            **RULES,
        }

    def _first(self, statement: "Select[Any]") -> Any:
        found = self.session.scalars(statement).first()
        if found is None:
            raise LookupError(f"nothing answers {statement}")
        return found
