"""Writes to suppliers whose contract goes from one to the other, and to who must confirm it."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.clock import Clock
from marketplace.core.notices import post
from marketplace.core.permissions import Role
from scoring.award.models import Contract


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
