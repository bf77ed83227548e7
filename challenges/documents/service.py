"""Attaches files to a draft and takes them off again."""

import uuid

from sqlalchemy.orm import Session

from challenges import policy
from challenges.documents.kinds import FILES_MOST, file_name, media_type
from challenges.documents.models import Document
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.sections import TITLE_MOST
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.files import store as files
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, on_one_line
from marketplace.core.transaction import transaction


def attach(
    reference: str,
    *,
    name: str,
    content: bytes,
    title: str,
    is_contract: bool,
    actor: Actor,
    clock: Clock,
    store: files.FileStore,
) -> None:
    """Attach a file to a draft. A second draft contract takes the place of the first as such.

    Raises:
        NotFound, Forbidden, WrongMoment: the challenge is not the actor's to write, or not now.
        Invalid: the file is refused (see `kinds.media_type`), there already, or one too many.
        OSError: the disk is full or not writable.
    """
    name, title = file_name(name), on_one_line(title)
    kind = media_type(name, content)
    if len(title) > TITLE_MOST:
        message = N_("Shorten this to 200 characters or fewer.")
        raise Invalid(message, fields={"title": message})
    with transaction() as session:
        challenge = _draft(session, reference, actor, clock)
        _refuse_one_more(challenge, None)
    sha256 = store.write(content)
    try:
        with transaction() as session:
            challenge = _draft(session, reference, actor, clock)
            _refuse_one_more(challenge, sha256)
            files.hold(session, sha256)
            # Somebody may have taken the same bytes away since they were written.
            store.write(content)
            files.keep(session, store, sha256, media_type=kind, clock=clock)
            if is_contract:
                for document in challenge.documents:
                    document.is_contract = False
                session.flush()
            session.add(
                Document(
                    challenge_id=challenge.id,
                    sha256=sha256,
                    name=name,
                    title=title or name,
                    is_contract=is_contract,
                    added_by_id=actor.user_id,
                    added_at=clock.now(),
                )
            )
    except BaseException:
        _discard(store, sha256)
        raise


def remove(
    reference: str, document_id: uuid.UUID, *, actor: Actor, clock: Clock, store: files.FileStore
) -> None:
    """Take a file off a draft; its bytes are gone too, unless something else holds the same.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to write, or not now.
    """
    with transaction() as session:
        challenge = _draft(session, reference, actor, clock)
        document = find(challenge, document_id)
        sha256 = document.sha256
        files.hold(session, sha256)
        session.delete(document)
        session.flush()
        files.forget(session, sha256)
    _discard(store, sha256)


def find(challenge: Challenge, document_id: uuid.UUID) -> Document:
    """Give a file of a challenge.

    Raises:
        NotFound: it has no such file.
    """
    for document in challenge.documents:
        if document.id == document_id:
            return document
    raise NotFound(N_("There is no such file."))


def _draft(session: Session, reference: str, actor: Actor, clock: Clock) -> Challenge:
    challenge = own_challenge(session, reference, actor, lock=True, whole=True)
    ensure(policy.can_write(actor, challenge, clock.now()))
    return challenge


def _refuse_one_more(challenge: Challenge, sha256: str | None) -> None:
    if len(challenge.documents) >= FILES_MOST:
        message = N_("A challenge has at most 20 files. Take one off first, or join some.")
        raise Invalid(message, fields={"file": message})
    if any(document.sha256 == sha256 for document in challenge.documents):
        message = N_("This file is attached already.")
        raise Invalid(message, fields={"file": message})


def _discard(store: files.FileStore, sha256: str) -> None:
    """Delete bytes that no row refers to, whatever happens elsewhere meanwhile."""
    with transaction() as session:
        files.hold(session, sha256)
        if not files.is_kept(session, sha256):
            store.discard(sha256)
