"""Who may do what: roles, the permissions each gives, and how a policy answers. Pure.

A role gives the right; the state of the thing gives the moment. A policy checks the two
separately and says which one failed.
"""

import uuid
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.errors import Forbidden, WrongMoment
from marketplace.core.text import N_


class Role(StrEnum):
    """What a membership lets a person be for an organisation."""

    SUPPLIER_ADMIN = "supplier_admin"
    SUPPLIER_CONTRIBUTOR = "supplier_contributor"
    CHALLENGE_LEAD = "challenge_lead"
    PROCUREMENT_OFFICER = "procurement_officer"
    EVALUATOR = "evaluator"
    CHAIR = "chair"
    APPROVER = "approver"
    AUDITOR = "auditor"
    FACILITATOR = "facilitator"
    PLATFORM_ADMIN = "platform_admin"
    GUEST_EVALUATOR = "guest_evaluator"


ROLE_WORDS = {
    Role.SUPPLIER_ADMIN: N_("Supplier administrator"),
    Role.SUPPLIER_CONTRIBUTOR: N_("Supplier contributor"),
    Role.CHALLENGE_LEAD: N_("Challenge lead"),
    Role.PROCUREMENT_OFFICER: N_("Procurement officer"),
    Role.EVALUATOR: N_("Evaluator"),
    Role.CHAIR: N_("Chair of the panel"),
    Role.APPROVER: N_("Approver"),
    Role.AUDITOR: N_("Auditor"),
    Role.FACILITATOR: N_("Facilitator"),
    Role.PLATFORM_ADMIN: N_("Platform administrator"),
    Role.GUEST_EVALUATOR: N_("Guest on a panel"),
}

SUPPLIER_ROLES = frozenset({Role.SUPPLIER_ADMIN, Role.SUPPLIER_CONTRIBUTOR})
PLATFORM_ROLES = frozenset({Role.PLATFORM_ADMIN, Role.FACILITATOR})
# Nobody gives it: it comes with an accepted invitation to a panel, and opens that panel alone.
GUEST_ROLES = frozenset({Role.GUEST_EVALUATOR})
BODY_ROLES = frozenset(Role) - SUPPLIER_ROLES - PLATFORM_ROLES - GUEST_ROLES

# These decide about public money or about people's accounts, so a password alone is not enough.
SECOND_FACTOR_ROLES = frozenset(
    {Role.PROCUREMENT_OFFICER, Role.CHAIR, Role.APPROVER, Role.PLATFORM_ADMIN}
)


class Permission(StrEnum):
    """One right, named `scope:action`."""

    CHALLENGE_WRITE = "challenge:write"
    CHALLENGE_READ_OWN = "challenge:read-own"
    CHALLENGE_APPROVE = "challenge:approve"
    CHALLENGE_PUBLISH = "challenge:publish"
    CHALLENGE_CANCEL = "challenge:cancel"
    SUPPLIER_DECLARE = "supplier:declare"
    BID_DRAFT = "bid:draft"
    BID_SUBMIT = "bid:submit"
    BID_OPEN = "bid:open"
    BID_READ_OPENED = "bid:read-opened"
    BID_QUERY = "bid:query"
    ELIGIBILITY_DECIDE = "eligibility:decide"
    PANEL_NAME = "panel:name"
    PANEL_CHAIR = "panel:chair"
    INTEREST_DECLARE = "interest:declare"
    SCORE_RECORD = "score:record"
    AWARD_RECOMMEND = "award:recommend"
    AWARD_APPROVE = "award:approve"
    CONTRACT_SIGN = "contract:sign"
    DELIVERY_ACCEPT = "delivery:accept"
    RECORD_AUDIT = "record:audit"
    ORGANISATION_VERIFY = "organisation:verify"
    REGIME_CHANGE = "regime:change"
    PERSON_ERASE = "person:erase"
    PARTNER_DRAFT_READ = "challenge:read-partner-draft"


_P = Permission
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SUPPLIER_ADMIN: frozenset({_P.SUPPLIER_DECLARE, _P.BID_DRAFT, _P.BID_SUBMIT}),
    Role.SUPPLIER_CONTRIBUTOR: frozenset({_P.BID_DRAFT}),
    Role.CHALLENGE_LEAD: frozenset(
        {
            _P.CHALLENGE_WRITE,
            _P.CHALLENGE_READ_OWN,
            _P.PANEL_NAME,
            _P.BID_READ_OPENED,
            _P.DELIVERY_ACCEPT,
        }
    ),
    Role.PROCUREMENT_OFFICER: frozenset(
        {
            _P.CHALLENGE_WRITE,
            _P.CHALLENGE_READ_OWN,
            _P.CHALLENGE_APPROVE,
            _P.CHALLENGE_PUBLISH,
            _P.CHALLENGE_CANCEL,
            _P.BID_OPEN,
            _P.BID_READ_OPENED,
            _P.BID_QUERY,
            _P.ELIGIBILITY_DECIDE,
            _P.PANEL_NAME,
            _P.CONTRACT_SIGN,
        }
    ),
    Role.EVALUATOR: frozenset({_P.CHALLENGE_READ_OWN, _P.INTEREST_DECLARE, _P.SCORE_RECORD}),
    Role.CHAIR: frozenset(
        {
            _P.CHALLENGE_READ_OWN,
            _P.INTEREST_DECLARE,
            _P.SCORE_RECORD,
            _P.PANEL_CHAIR,
            _P.AWARD_RECOMMEND,
        }
    ),
    Role.APPROVER: frozenset({_P.CHALLENGE_READ_OWN, _P.AWARD_APPROVE}),
    Role.AUDITOR: frozenset({_P.CHALLENGE_READ_OWN, _P.RECORD_AUDIT}),
    Role.FACILITATOR: frozenset({_P.PARTNER_DRAFT_READ}),
    Role.PLATFORM_ADMIN: frozenset({_P.ORGANISATION_VERIFY, _P.REGIME_CHANGE, _P.PERSON_ERASE}),
    Role.GUEST_EVALUATOR: frozenset({_P.INTEREST_DECLARE, _P.SCORE_RECORD}),
}


@dataclass(frozen=True)
class Actor:
    """A person acting for one organisation, with the roles that membership gives."""

    user_id: uuid.UUID
    name: str
    organisation_id: uuid.UUID
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Tell whether any of the actor's roles gives `permission`."""
        return any(permission in ROLE_PERMISSIONS[role] for role in self.roles)

    @property
    def guest(self) -> bool:
        """Tell whether the actor is in the organisation for the panels they sit on alone: for them
        nothing else of it exists."""
        return self.roles == GUEST_ROLES


class Ground(StrEnum):
    """Which of the two checks refused."""

    RIGHT = "right"
    MOMENT = "moment"


@dataclass(frozen=True)
class Answer:
    """What a policy says: allowed, or refused on a ground with a message for the person."""

    allowed: bool
    ground: Ground | None = None
    message: str = ""


ALLOWED = Answer(allowed=True)


def lacks_right(message: str) -> Answer:
    """Refuse because the person may not do this at any time."""
    return Answer(allowed=False, ground=Ground.RIGHT, message=message)


def wrong_moment(message: str) -> Answer:
    """Refuse because the thing's state or the time does not allow it."""
    return Answer(allowed=False, ground=Ground.MOMENT, message=message)


def ensure(answer: Answer) -> None:
    """Raise what a refusal means; do nothing when allowed.

    Raises:
        Forbidden: the right is missing.
        WrongMoment: the moment is wrong.
    """
    if answer.allowed:
        return
    if answer.ground is Ground.RIGHT:
        raise Forbidden(answer.message)
    raise WrongMoment(answer.message)
