"""Reads a body's letterhead."""

import uuid

from sqlalchemy.orm import Session, undefer

from marketplace.core.accounts.models import Organisation
from marketplace.core.letterheads.models import BodyLetterhead
from marketplace.core.papers import Letterhead


def stored(session: Session, organisation_id: uuid.UUID) -> BodyLetterhead | None:
    """Give what a body has said of itself, without its files; None before it has."""
    return session.get(BodyLetterhead, organisation_id)


def letterhead(session: Session, organisation: Organisation) -> Letterhead:
    """Give how a body presents itself: by its name alone before it has said more."""
    row = session.get(BodyLetterhead, organisation.id, options=[undefer(BodyLetterhead.logo)])
    if row is None:
        return Letterhead(organisation.name)
    return Letterhead(
        body=organisation.name,
        address=row.address,
        contact=row.contact,
        signatory_name=row.signatory_name,
        signatory_role=row.signatory_role,
        reference_prefix=row.reference_prefix,
        logo=row.logo,
    )


def template(session: Session, organisation_id: uuid.UUID) -> bytes | None:
    """Give a body's own DOCX template; None where it has none."""
    row = session.get(BodyLetterhead, organisation_id, options=[undefer(BodyLetterhead.template)])
    return row.template if row else None
