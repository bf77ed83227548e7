"""The text of a challenge as it was approved, and that nothing else is published.

What an officer approves is written down whole, in one canonical form, and its digest goes into
the log with the approval. At publication it is written down again: the two must be the same.
`docs/verification.md`, section 9, describes `challenge-text/1`.
"""

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.drafting.models import ApprovedText
from challenges.models import Challenge
from challenges.plan import frozen_plan
from challenges.sections import BY_SECTION, OWN_SECTIONS, SECTION_WORDS, as_texts
from challenges.service.contents import read
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.text import N_
from scoring.engine.canonical import canonical

FORMAT = "challenge-text/1"


class TextDiffers(WrongMoment):
    """The text is not the one that was approved, so it is not published."""


def text_of(challenge: Challenge) -> bytes:
    """Give the RFC 8785 bytes of the `challenge-text/1` of a challenge as it stands.

    It holds all that the public page says of the body's own words: the sections, the stages with
    their criteria and terms as in the plan, and the digests of the files.
    """
    plan = frozen_plan(challenge, regime="", regime_version="", band="")
    document: dict[str, Any] = {
        "format": FORMAT,
        "challenge": challenge.reference,
        "sections": {
            str(section): as_texts(read(challenge, section))
            for section in SECTION_WORDS
            if section in BY_SECTION and section not in OWN_SECTIONS
        },
        "stages": plan["stages"],
        "terms": plan.get("terms"),
        "documents": [
            {
                "name": each.name,
                "title": each.title,
                "sha256": each.sha256,
                "contract": each.is_contract,
            }
            for each in challenge.documents
        ],
        "contact": {"name": challenge.contact_name, "email": challenge.contact_email}
        if challenge.contact_shown
        else None,
    }
    if "elsewhere" in plan:
        document["elsewhere"] = plan["elsewhere"]
    return canonical(document)


def keep(session: Session, challenge: Challenge, clock: Clock) -> str:
    """Write down the text that is being approved, and give its SHA-256."""
    whole = text_of(challenge)
    sha256 = hashlib.sha256(whole).hexdigest()
    session.add(
        ApprovedText(
            challenge_id=challenge.id, canonical=whole, sha256=sha256, approved_at=clock.now()
        )
    )
    session.flush()
    return sha256


def ensure_same(session: Session, challenge: Challenge) -> str:
    """Give the SHA-256 of the approved text, which is the text as it stands.

    Raises:
        TextDiffers: it is not, or none was approved.
    """
    approved = session.scalar(
        select(ApprovedText)
        .where(ApprovedText.challenge_id == challenge.id)
        .order_by(ApprovedText.approved_at.desc(), ApprovedText.id.desc())
        .limit(1)
    )
    if approved is None:
        raise TextDiffers(N_("It was approved before texts were kept. Return it to draft."))
    if approved.canonical != text_of(challenge):
        raise TextDiffers(
            N_(
                "The text is not the one that was approved: something in it has changed since. "
                "Return it to draft, so that it can be read and approved again."
            )
        )
    return approved.sha256


def public_text(session: Session, reference: str) -> bytes:
    """Give the bytes of the text with which a challenge was published.

    Raises:
        NotFound: there is none, or it is not public.
    """
    text = session.scalar(
        select(ApprovedText.canonical)
        .join(Challenge, Challenge.id == ApprovedText.challenge_id)
        .where(Challenge.reference == reference, Challenge.published_at.is_not(None))
        .order_by(ApprovedText.approved_at.desc(), ApprovedText.id.desc())
        .limit(1)
    )
    if text is None:
        raise NotFound(N_("There is no challenge with this reference."))
    return text
