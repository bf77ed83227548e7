"""Officers' signing keys: the passphrase alone unlocks, and the master key besides."""

import re
import unicodedata
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from marketplace.core.vault import keyring, officers
from marketplace.core.vault.keyring import Keyring, LostKey
from marketplace.core.vault.models import OfficerKey
from marketplace.core.vault.officers import WrongPassphrase
from tests.conftest import NOW
from tests.factories import a_body, a_person

ORIGIN = "market.example/log"
PASSPHRASE = "naïve Ångström coöperates — 4 ﬁne words"


@pytest.fixture
def officer(session: Session) -> User:
    return a_person(session, NOW, a_body(session, NOW), Role.PROCUREMENT_OFFICER)


def key_for(session: Session, officer: User, passphrase: str = PASSPHRASE) -> OfficerKey:
    """Give an officer a key that a passphrase locks."""
    signer, locked = officers.prepare(ORIGIN, passphrase)
    return officers.keep(session, officer.id, signer, locked, FixedClock(NOW))[0]


def test_passphrase_unlocks_the_key_that_signs(session: Session, officer: User) -> None:
    key = key_for(session, officer)

    signer = officers.unlock(key, PASSPHRASE)

    assert str(signer.verifier) == key.verifier
    assert officers.in_use(session, officer.id) is key


@pytest.mark.parametrize(
    "passphrase", ["", PASSPHRASE.upper(), PASSPHRASE[:-1], "four other words"]
)
def test_wrong_passphrase_does_not_unlock(session: Session, officer: User, passphrase: str) -> None:
    key = key_for(session, officer)

    with pytest.raises(WrongPassphrase):
        officers.unlock(key, passphrase)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_passphrase_typed_on_another_machine_unlocks(
    session: Session, officer: User, form: str
) -> None:
    key = key_for(session, officer)
    typed = unicodedata.normalize(form, PASSPHRASE)  # type: ignore[arg-type]  # a literal to mypy

    assert officers.unlock(key, f" {typed}\t").seed == officers.unlock(key, PASSPHRASE).seed


def test_key_made_at_another_cost_still_unlocks(
    app: Flask, session: Session, officer: User, settings: Settings
) -> None:
    key = key_for(session, officer)
    app.extensions["settings"] = replace(settings, opening_memory_kib=16, opening_passes=2)

    dearer = key_for(session, a_person(session, NOW, None))

    assert officers.unlock(key, PASSPHRASE)
    assert officers.unlock(dearer, PASSPHRASE)


def test_new_key_ends_the_one_before_and_its_secret_is_gone(
    session: Session, officer: User
) -> None:
    former = key_for(session, officer)
    former_verifier = former.verifier
    key = key_for(session, officer, "another fictional passphrase")

    assert (former.ended_at, former.verifier) == (NOW, former_verifier)
    assert len(former.wrapped) < len(key.wrapped) - 32
    assert officers.is_genuine(former)
    assert officers.in_use(session, officer.id) is key
    with pytest.raises(WrongPassphrase):
        officers.unlock(former, PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        officers.unlock(key, PASSPHRASE)


def test_key_put_in_anothers_place_does_not_unlock(session: Session, officer: User) -> None:
    key = key_for(session, officer)
    other = key_for(session, a_person(session, NOW, None))

    key.wrapped = other.wrapped

    assert not officers.is_genuine(key)
    with pytest.raises(LostKey):
        officers.unlock(key, PASSPHRASE)


def test_key_given_to_another_person_is_not_genuine(session: Session, officer: User) -> None:
    key = key_for(session, officer)
    assert officers.is_genuine(key)

    key.user_id = a_person(session, NOW, None).id

    assert not officers.is_genuine(key)
    session.expunge(key)


def test_passphrase_without_the_master_key_unlocks_nothing(
    session: Session, officer: User, settings: Settings
) -> None:
    key = key_for(session, officer)
    keyring.write(Keyring((keyring.new_key(),)), settings.master_key_path, replace=True)

    with pytest.raises(LostKey):
        officers.unlock(key, PASSPHRASE)


def test_key_of_an_officer_tells_nothing_of_the_person(session: Session, officer: User) -> None:
    key = key_for(session, officer)

    assert key.verifier.startswith(f"{ORIGIN}/opener/")
    assert not re.search(r"person|example|@", key.verifier.removeprefix(ORIGIN), re.IGNORECASE)
    assert officer.id.hex not in key.verifier
    assert str(officer.id) not in key.verifier
