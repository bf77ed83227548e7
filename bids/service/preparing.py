"""Makes ready what is submitted: reads it, writes its document and seals the envelope.

All of it happens before the transaction that ties the envelope to the bid.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids import documents, drafts, envelopes, policy, queries, receipts
from bids.attachments import sources
from bids.documents import Content
from bids.models import Bid, Submission
from bids.passport.document import frozen
from bids.passport.queries import passport_of
from bids.renewing import queries as renewals
from bids.team.joining import join
from challenges.changing import queries as changes
from marketplace.core.errors import DomainError, Invalid, WrongMoment
from marketplace.core.permissions import Actor
from marketplace.core.text import N_
from marketplace.core.vault import sealing
from marketplace.core.vault.envelopes import MOST_DOCUMENT

# Gives what is to be submitted of a bid; see `drafts.content_of`.
Reader = Callable[[Session, Bid], Content]


@dataclass
class Prepared:
    """What was made ready outside the transaction, and of which state of the draft."""

    row_version: int
    version: int
    gaps: list[policy.Gap]
    log_name: str
    # How many changes to the challenge had been published: a bid answers all of them.
    changes: int
    fields_root: bytes = b""
    # The digest of the sealed envelope; None where there was nothing complete to seal.
    envelope: str | None = None
    # The version that holds the very same, where one does.
    same_as: int | None = None

    def unused(self) -> None:
        """Say that the envelope is not needed after all."""
        if self.envelope is not None:
            envelopes.discard(self.envelope)


def prepare(
    session: Session, reference: str, actor: Actor, arrived: datetime, read: Reader
) -> Prepared:
    """Read what is to be submitted, make its document and seal it, unless it is not complete.

    Raises:
        Invalid: the document is longer than an envelope takes.
        WrongMoment: the service cannot store the envelope.
    """
    bid = queries.own_bid(session, reference, actor)
    declaration = queries.current_declaration(session, bid.supplier_id)
    latest = queries.latest_submission(session, bid)
    version = latest.version + 1 if latest else 1
    log_name = receipts.origin(session)
    changed = changes.count(session, bid.challenge)
    try:
        content = read(session, bid)
    except drafts.NoDraft:
        return Prepared(bid.row_version, version, [], log_name, changed)
    joined = join(session, bid, content, arrived)
    content = joined.content
    gaps = policy.gaps(
        drafts.asked_of(bid.stage),
        content,
        eligible_until=declaration.expires_at if declaration else None,
        now=arrived,
        team=joined.gaps,
    )
    if declaration is None or gaps or bid.stage.sealing_key is None:
        return Prepared(bid.row_version, version, gaps, log_name, changed)
    passport = frozen(passport_of(session, bid.supplier_id).answers, arrived)
    document = drafts.document_of(bid, content, declaration, version, passport)
    written = documents.write(document)
    if len(written) > MOST_DOCUMENT:
        raise Invalid(
            N_("Your bid is too long for the service to keep. Shorten your longest answers.")
        )
    root = documents.fields_root(document)
    prepared = Prepared(bid.row_version, version, gaps, log_name, changed, root)
    prepared.same_as = _same_as(session, bid, latest, written)
    if prepared.same_as is None:
        own = sealing.recipient(session, bid.copy_key_id)
        try:
            with sources.parts_of(session, bid, content, latest) as parts:
                prepared.envelope = envelopes.seal(
                    written, [bid.stage.sealing_key.recipient, own], parts
                )
        except sources.LostFile:
            raise
        except OSError as error:
            raise WrongMoment(
                N_(
                    "The service cannot store your bid at the moment, so it was not submitted. "
                    "Nothing you wrote is lost. Try again in a few minutes."
                )
            ) from error
    return prepared


def _same_as(session: Session, bid: Bid, latest: Submission | None, written: bytes) -> int | None:
    """Give the version that counts where it holds the very same; a damaged one is replaced.

    One that a change asks to confirm does not count: the same again is another version.
    """
    if latest is None or latest.version != bid.current_version or renewals.is_awaited(session, bid):
        return None
    try:
        held = documents.write(envelopes.own_document(session, bid, latest))
    except envelopes.Unreadable:
        return None
    return latest.version if documents.same_submission(held, written) else None


@contextmanager
def sealed(prepared: Prepared) -> Iterator[None]:
    """Delete the envelope again where what follows is refused.

    After any other error nobody can be sure that nothing was committed: the database may have
    done it and been cut off while it said so. Then the envelope stays; at worst none needs it.
    """
    try:
        yield
    except DomainError:
        prepared.unused()
        raise
