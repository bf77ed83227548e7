"""Writing a bid: beginning one, and saving its parts. Nothing here is seen by anybody else.

All of it is encrypted before it reaches the database (`bids.drafts`). Once a bid is submitted its
draft is gone; to change it one begins a new draft from the supplier's own copy.

A page sends back the fingerprint of what it showed. Where somebody else has changed that very
part since, the save is refused, so that nothing is overwritten unseen; other parts do not matter,
so two people can answer two questions at once.
"""

import secrets
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from bids import drafts, envelopes, policy, queries
from bids.attachments import holding, sources
from bids.documents import Content, Milestone
from bids.drafts import fingerprint
from bids.lifecycle import BidState
from bids.models import Bid
from bids.service.loading import locked_bid
from challenges.queries import public_challenge
from marketplace.core.access import current_files
from marketplace.core.accounts.models import Organisation
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import sealing

# Without the letters and digits that are misread for one another.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# The largest amount that every database and every reader of JSON takes exactly.
_MOST_MINOR = 2**53 - 1
EMPTY = Content({}, None, None, "", "")


def new_reference() -> str:
    """Make a bid's reference: random, so that it tells neither order nor number of bids."""
    return "B-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def start_bid(challenge_reference: str, *, actor: Actor, clock: Clock) -> Bid:
    """Begin a bid of the actor's organisation, or give the one it has.

    Raises:
        NotFound: there is no such public challenge.
        Forbidden: the actor does not act for a supplier.
        WrongMoment: the challenge is not open for bids.
    """
    now = clock.now()
    with transaction() as session:
        challenge = public_challenge(session, challenge_reference)
        stage = challenge.stage
        # Two colleagues who begin at the same moment begin the same bid.
        session.scalar(
            select(Organisation).where(Organisation.id == actor.organisation_id).with_for_update()
        )
        known = session.scalar(
            select(Bid).where(Bid.stage_id == stage.id, Bid.supplier_id == actor.organisation_id)
        )
        if known is not None:
            return known
        if challenge.bids_elsewhere:
            raise WrongMoment(policy.NOT_HERE)
        ensure(policy.can_start(actor, challenge.state, stage.closes_at, now))
        bid = Bid(
            reference=new_reference(),
            challenge_id=challenge.id,
            stage_id=stage.id,
            supplier_id=actor.organisation_id,
            state=BidState.DRAFT,
            created_by_id=actor.user_id,
            created_at=now,
            changed_at=now,
            copy_key_id=sealing.new_copy(session, clock).id,
        )
        session.add(bid)
        session.flush()
        drafts.begin(session, bid, EMPTY, clock)
    return bid


def change_bid(reference: str, *, actor: Actor, clock: Clock, empty: bool = False) -> None:
    """Begin to change a bid that was submitted or withdrawn: a new draft of its latest version.

    The version that counts stays as it is until another is submitted. Where a draft is there
    already, it is left as it is. `empty` begins with nothing, where the supplier's own copy
    cannot be read.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_edit`.
        Unreadable: the supplier's own copy cannot be read.
    """
    session: Session = db.session()
    bid = queries.own_bid(session, reference, actor)
    ensure(policy.can_edit(actor, bid.standing, bid.stage.closes_at, clock.now()))
    if bid.draft_key_id is not None:
        return
    latest = queries.latest_submission(session, bid)
    if latest is None and bid.state is BidState.WITHDRAWN:
        # It was never submitted, so it is an invitation that was taken back.
        raise WrongMoment(N_("Your invitation to this stage was taken back. We wrote to you why."))
    content, copies = EMPTY, []
    if latest is not None and not empty:
        content = envelopes.own_document(session, bid, latest).content
        copies = sources.copied(session, bid, latest, content.attachments)
    kept = False
    try:
        with transaction() as session:
            bid, _challenge = locked_bid(session, reference, actor)
            ensure(policy.can_edit(actor, bid.standing, bid.stage.closes_at, clock.now()))
            now_latest = queries.latest_submission(session, bid)
            if bid.draft_key_id is not None:
                return
            if latest and now_latest and now_latest.version != latest.version:
                raise StaleEdit(N_("Somebody else submitted this bid meanwhile. Look at it again."))
            drafts.begin(session, bid, content, clock)
            if copies:
                held = [
                    holding.add(session, bid, *each, added_by=actor.user_id, clock=clock)
                    for each in copies
                ]
                drafts.write_files(session, bid, held)
            mark_changed(bid, clock)
        kept = True
    finally:
        for _attachment, copy in [] if kept else copies:
            current_files().discard(copy.sha256)


def discard_changes(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Give up a draft that changes a submitted bid: what was submitted goes on counting.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_edit`, or nothing was ever submitted.
    """
    with transaction() as session:
        bid, _challenge = locked_bid(session, reference, actor)
        ensure(policy.can_edit(actor, bid.standing, bid.stage.closes_at, clock.now()))
        if queries.latest_submission(session, bid) is None:
            raise WrongMoment(N_("This bid was never submitted, so its draft is all there is."))
        drafts.destroy(session, bid)
        mark_changed(bid, clock)


def save_answer(
    reference: str, key: str, text: str, *, actor: Actor, clock: Clock, seen: str | None = None
) -> str:
    """Save the draft answer to one question and give its fingerprint. Any length is kept.

    `seen` is the fingerprint of the answer that the page showed; None saves whatever stands.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no such question.
        Forbidden, WrongMoment: by `policy.can_edit`.
        StaleEdit: somebody else changed this answer since.
    """
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        content = drafts.content_of(session, bid)
        if key not in content.answers:
            raise NotFound(N_("There is no such question."))
        _refuse_stale(seen, fingerprint(content.answers[key]), fingerprint(text))
        drafts.write_fields(session, bid, [(drafts.answer_name(key), text)])
        mark_changed(bid, clock)
    return fingerprint(text)


def save_price(
    reference: str,
    price_minor: int | None,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> str:
    """Save the draft price, in minor units without VAT, and give its fingerprint.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no price is asked.
        Forbidden, WrongMoment: by `policy.can_edit`.
        Invalid: the price is negative or not a sum of money.
        StaleEdit: somebody else changed the price since.
    """
    if price_minor is not None and not 0 <= price_minor <= _MOST_MINOR:
        message = N_("Enter a price of £0 or more")
        raise Invalid(message, {"price": message})
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        asked = drafts.asked_of(bid.stage)
        if not asked.price or asked.milestones:
            raise NotFound(N_("This challenge does not ask for a price."))
        stands = drafts.content_of(session, bid).price_minor
        _refuse_stale(seen, fingerprint(stands), fingerprint(price_minor))
        told = None if price_minor is None else str(price_minor)
        drafts.write_fields(session, bid, [(drafts.PRICE, told)])
        mark_changed(bid, clock)
    return fingerprint(price_minor)


def save_milestones(
    reference: str,
    milestones: Sequence[Milestone],
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> str:
    """Save the draft price of each milestone that the stage names, and give their fingerprint.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no such milestones.
        Forbidden, WrongMoment: by `policy.can_edit`.
        Invalid: a price is negative or not a sum of money, or all together are not.
        StaleEdit: somebody else changed the prices since.
    """
    amounts = [each.amount_minor or 0 for each in milestones]
    if min(amounts, default=0) < 0 or sum(amounts) > _MOST_MINOR:
        raise Invalid(N_("Enter a price of £0 or more for each milestone"))
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        if [each.name for each in milestones] != list(drafts.asked_of(bid.stage).milestones):
            raise NotFound(N_("This challenge does not ask for a price of these milestones."))
        stands = milestones_mark(drafts.content_of(session, bid).milestones)
        _refuse_stale(seen, stands, milestones_mark(milestones))
        field = drafts.milestones_field(milestones)
        drafts.write_fields(session, bid, [(drafts.MILESTONES, field)])
        mark_changed(bid, clock)
    return milestones_mark(milestones)


def milestones_mark(milestones: Sequence[Milestone]) -> str:
    """Give the fingerprint of the prices of milestones."""
    return fingerprint(*[value for each in milestones for value in (each.name, each.amount_minor)])


def save_adjustments(
    reference: str, text: str, *, actor: Actor, clock: Clock, seen: str | None = None
) -> str:
    """Save what the supplier needs so that it can take part, and give its fingerprint.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_edit`.
        StaleEdit: somebody else changed this part since.
    """
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        stands = drafts.content_of(session, bid).adjustments
        _refuse_stale(seen, fingerprint(stands), fingerprint(text))
        drafts.write_fields(session, bid, [(drafts.ADJUSTMENTS, text)])
        mark_changed(bid, clock)
    return fingerprint(text)


def save_terms(
    reference: str,
    *,
    contract_accepted: bool | None,
    contract_points: str,
    ai_statement: str,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> str:
    """Save what the draft says about the contract and about the use of AI; give its fingerprint.

    Points are kept only where the contract is not accepted as it stands.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_edit`.
        StaleEdit: somebody else changed this part since.
    """
    points = "" if contract_accepted else contract_points
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        new = fingerprint(contract_accepted, points, ai_statement)
        stands = drafts.content_of(session, bid)
        _refuse_stale(
            seen,
            fingerprint(stands.contract_accepted, stands.contract_points, stands.ai_statement),
            new,
        )
        contract = {"accepted": contract_accepted, "points": points}
        drafts.write_fields(
            session, bid, [(drafts.CONTRACT, contract), (drafts.AI_STATEMENT, ai_statement)]
        )
        mark_changed(bid, clock)
    return new


def editable(session: Session, reference: str, actor: Actor, clock: Clock) -> Bid:
    """Give a bid of the actor's organisation, locked, whose draft they may change now.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_edit` and `policy.has_draft`.
    """
    bid, _challenge = locked_bid(session, reference, actor)
    ensure(policy.can_edit(actor, bid.standing, bid.stage.closes_at, clock.now()))
    ensure(policy.has_draft(bid.draft_key_id is not None, bid.state))
    return bid


def _refuse_stale(seen: str | None, stands: str, new: str) -> None:
    """Refuse what would overwrite another's change; the same text twice is no conflict."""
    if seen is not None and stands not in (seen, new):
        raise StaleEdit(
            N_(
                "Somebody else changed this while you were writing. Nothing was overwritten: "
                "compare the two versions and decide."
            )
        )


def mark_changed(bid: Bid, clock: Clock) -> None:
    """Have the bid's row version go up, even if no column of the bid itself changed."""
    bid.changed_at = clock.now()
    flag_modified(bid, "changed_at")
