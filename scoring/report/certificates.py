"""`marketplace certificates`: which certificate signs the reports of each body."""

import getpass
import os
import sys
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select

from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.transaction import transaction
from scoring.report.log_words import CERTIFICATE_CHANGED
from scoring.report.sign import BadCertificate, Seals, read_pkcs12

_ASKED_OF = "MARKETPLACE_CERTIFICATE_PASSPHRASE"
_NAME = "marketplace certificates"


def run(words: list[str], clock: Clock) -> int:
    """Run `list`, `add BODY FILE` or `remove BODY`; give the exit code, 2 for anything else."""
    seals: Seals = current_app.extensions["seals"]
    match words:
        case ["list"]:
            return _list(seals, clock)
        case ["add", body, file]:
            return _add(seals, body, Path(file), clock)
        case ["remove", body]:
            return _remove(seals, body, clock)
        case _:
            return 2


def _list(seals: Seals, clock: Clock) -> int:
    """Say for each body which certificate signs its reports, and until when."""
    bodies = db.session.scalars(
        select(Organisation)
        .where(Organisation.kind == OrganisationKind.BODY)
        .order_by(func.lower(Organisation.name))
    ).all()
    code = 0
    for body in bodies:
        try:
            seal = seals.kept(body.id)
        except BadCertificate as error:
            sys.stdout.write(f"{body.name}: {error}\n")
            code = 1
            continue
        if seal is None:
            sys.stdout.write(f"{body.name}: none, so its reports are not signed\n")
            continue
        ended = seal.ends <= clock.now()
        said = "ended" if ended else "valid until"
        sys.stdout.write(
            f"{body.name}: {seal.subject}, {said} {seal.ends:%d %B %Y}, SHA-256 {seal.sha256}\n"
        )
        code = 1 if ended else code
    return code


def _add(seals: Seals, name: str, file: Path, clock: Clock) -> int:
    """Keep a certificate with its key from a PKCS #12 file (.p12 or .pfx), and record it."""
    body = _body(name)
    if body is None:
        return 1
    try:
        seal = read_pkcs12(file.read_bytes(), _passphrase(), clock.now())
    except OSError as error:
        sys.stderr.write(f"{_NAME}: {file} cannot be read: {error.strerror}\n")
        return 1
    except BadCertificate as error:
        sys.stderr.write(f"{_NAME}: {file}: {error}\n")
        return 1
    seals.keep(body.id, seal)
    _record(body, seal.subject, clock)
    sys.stdout.write(f"Reports of {body.name} are signed by {seal.subject} from now on.\n")
    return 0


def _remove(seals: Seals, name: str, clock: Clock) -> int:
    body = _body(name)
    if body is None:
        return 1
    if not seals.remove(body.id):
        sys.stderr.write(f"{_NAME}: {body.name} has no certificate here\n")
        return 1
    _record(body, None, clock)
    sys.stdout.write(f"Reports of {body.name} are not signed from now on.\n")
    return 0


def _body(name: str) -> Organisation | None:
    """Find a body by its name, or say which there are."""
    found = db.session.scalars(
        select(Organisation).where(
            Organisation.kind == OrganisationKind.BODY,
            func.lower(Organisation.name) == name.lower(),
        )
    ).all()
    if len(found) == 1:
        return found[0]
    sys.stderr.write(f"{_NAME}: there is no public body named {name}; see: {_NAME} list\n")
    return None


def _passphrase() -> str:
    """Ask for the passphrase where somebody sits there; else it is in the environment."""
    given = os.environ.get(_ASKED_OF)
    if given is not None:
        return given
    return getpass.getpass("Passphrase of the file: ") if sys.stdin.isatty() else ""


def _record(body: Organisation, subject: str | None, clock: Clock) -> None:
    with transaction() as session:
        log.append(
            session,
            clock=clock,
            action=CERTIFICATE_CHANGED,
            organisation=body.name,
            subject=subject,
        )
