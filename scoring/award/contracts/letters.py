"""Writes to suppliers whose contract goes from one to the other, and to who must confirm it."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import telling
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.clock import Clock
from marketplace.core.notices import choices, post
from marketplace.core.notices.models import Kind
from marketplace.core.permissions import Actor, Role
from scoring.award.contracts.models import ContractChange
from scoring.award.models import Contract
from scoring.panel.interests.queries import approvers


def tell_approvers(
    session: Session,
    challenge: Challenge,
    change: ContractChange,
    contract: Contract,
    actor: Actor,
    clock: Clock,
) -> None:
    """Tell the approvers that a change waits for them, but for who described it."""
    people = [each for each in approvers(session, challenge.buyer_id) if each.id != actor.user_id]
    wanted = choices.who_wants(session, [each.id for each in people], Kind.AWARD)
    telling.queue(
        session,
        [each for each in people if each.id in wanted],
        subject=_("A change of a contract waits for you: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _(
                "%(who)s described change %(number)s of contract %(contract)s. It holds once "
                "another person has confirmed it.",
                who=actor.name,
                number=change.number,
                contract=contract.reference,
            ),
            f"{_contracts(challenge)}/changes/{change.number}/answer",
        ],
        clock=clock,
    )


def tell_answered(
    session: Session,
    challenge: Challenge,
    change: ContractChange,
    contract: Contract,
    *,
    confirmed: bool,
    clock: Clock,
) -> None:
    """Tell who described a change what was answered."""
    said = (
        _("Change %(number)s of contract %(contract)s is confirmed, and holds.")
        if confirmed
        else _("Change %(number)s of contract %(contract)s is not confirmed. Read why.")
    ) % {"number": change.number, "contract": contract.reference}
    telling.queue(
        session,
        telling.people(session, [change.described_by_id]),
        subject=_("A change of a contract was answered: %(title)s", title=challenge.title),
        parts=[challenge.title, said, f"{_contracts(challenge)}/{contract.id}"],
        clock=clock,
    )


def _contracts(challenge: Challenge) -> str:
    return f"{current_settings().public_url}/work/challenges/{challenge.reference}/contracts"


def tell_both(
    session: Session,
    challenge: Challenge,
    contract: Contract,
    before: Organisation,
    after: Organisation,
    clock: Clock,
) -> None:
    """Tell the people of both suppliers that a contract has gone from one to the other."""
    said = _(
        "%(body)s has confirmed that contract %(contract)s, for “%(title)s”, goes from %(before)s "
        "to %(after)s.",
        body=challenge.buyer.name,
        contract=contract.reference,
        title=challenge.title,
        before=before.name,
        after=after.name,
    )
    people = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id.in_([before.id, after.id]),
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.SUPPLIER_ADMIN,
        )
        .order_by(User.email)
    )
    # Whoever acts for both is told once; some databases cannot compare all that a person has.
    for person in dict.fromkeys(people):
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=_("A contract goes to another supplier: %(title)s", title=challenge.title),
            text="\n\n".join(
                [said, _("Write to the body where this is not right."), challenge.buyer.name]
            ),
            clock=clock,
        )
