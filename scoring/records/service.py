"""Gives lists of a body's purchases to those who may have them, and records who took them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import sheets
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import log
from marketplace.core.audit.entries import value_bytes
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, Permission, ensure
from marketplace.core.sheets import Table
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.records import listing, log_words, policy, registers, sampling
from scoring.records.flags import Flag
from scoring.records.periods import Basis, Period, year_words
from scoring.records.population import Purchase, population
from scoring.records.registers import Translate, contract_lines

SAMPLE_MOST = 200


class Format(StrEnum):
    """How a list is given."""

    XLSX = "xlsx"
    CSV = "csv"


class What(StrEnum):
    """Which list it is."""

    PURCHASES = "purchases"
    CONTRACTS = "contracts"
    ANNUAL = "annual"


@dataclass(frozen=True)
class Asked:
    """Which purchases an address asks for."""

    period: Period
    basis: Basis = Basis.PUBLISHED
    flag: Flag | None = None
    only_flagged: bool = False
    words: str = ""


@dataclass(frozen=True)
class Sample:
    """What was drawn, in that order, and what it was drawn from."""

    seed: str
    drawn: Sequence[Purchase]
    count: int
    population_sha256: str


def read_purchases(asked: Asked, *, actor: Actor, clock: Clock) -> list[Purchase]:
    """Give the population, and record that an auditor reads it.

    Raises:
        Forbidden: by `policy.can_read_lists`.
    """
    session: Session = db.session()
    found = population(session, actor, asked.period, asked.basis, clock.now())
    if actor.may(Permission.RECORD_AUDIT):
        with transaction() as session:
            log.append(
                session,
                clock=clock,
                action=log_words.LIST_READ,
                actor=actor,
                **_of(session, actor, asked.period),
                count=len(found),
            )
    return found


def export(
    what: What,
    form: Format,
    asked: Asked,
    *,
    actor: Actor,
    clock: Clock,
    translate: Translate,
) -> bytes:
    """Give a list as a file, and record who took it first.

    Raises:
        Forbidden: by `policy.can_read_lists`.
    """
    ensure(policy.can_read_lists(actor))
    session: Session = db.session()
    tables = _tables(session, what, asked, actor, clock.now(), translate)
    if form is Format.CSV:
        # One table is all that CSV holds: the last one has the rows, those before sums.
        content = sheets.as_csv(tables[0] if what is What.PURCHASES else tables[-1])
    else:
        content = sheets.as_xlsx(tables, title=tables[0].name, now=clock.now())
    with transaction() as session:
        log.append(
            session,
            clock=clock,
            action=log_words.LIST_EXPORTED,
            actor=actor,
            **_of(session, actor, asked.period),
            what=f"{what.value}.{form.value}",
            sha256=hashlib.sha256(content).hexdigest(),
        )
    return content


def _tables(
    session: Session,
    what: What,
    asked: Asked,
    actor: Actor,
    now: datetime,
    translate: Translate,
) -> list[Table]:
    match what:
        case What.PURCHASES:
            rows = listing.chosen_of(
                population(session, actor, asked.period, asked.basis, now),
                flag=asked.flag,
                only_flagged=asked.only_flagged,
                words=asked.words,
            )
            return [
                registers.purchases_table(rows, translate),
                registers.flags_table(translate),
            ]
        case What.CONTRACTS:
            lines = contract_lines(session, actor.organisation_id)
            return [registers.register_table(lines, translate)]
        case What.ANNUAL:
            lines = contract_lines(session, actor.organisation_id, asked.period)
            year = asked.period.year
            told = year_words(year) if year else f"{asked.period.first}/{asked.period.last}"
            return registers.annual_tables(lines, told, translate)


def draw_sample(asked: Asked, *, seed: str, size: int | None, actor: Actor, clock: Clock) -> Sample:
    """Draw a sample of a population by a seed, and record seed, population and what was drawn.

    Raises:
        Forbidden: by `policy.can_sample`.
        Invalid: there is no seed, or the size is none that can be drawn.
    """
    ensure(policy.can_sample(actor))
    faults = {}
    if not seed or len(seed) > sampling.SEED_MOST:
        faults["seed"] = N_(
            "Enter a seed of at most 64 characters, such as a number you have diced"
        )
    if size is None or not 1 <= size <= SAMPLE_MOST:
        faults["size"] = N_("Enter how many to draw, from 1 to 200")
    if faults:
        raise Invalid(N_("Check the seed and how many to draw."), faults)
    assert size is not None
    found = sample_of(asked, seed=seed, size=size, actor=actor, clock=clock)
    with transaction() as session:
        log.append(
            session,
            clock=clock,
            action=log_words.SAMPLE_DRAWN,
            actor=actor,
            **_of(session, actor, asked.period),
            basis=asked.basis.value,
            seed=seed,
            size=size,
            count=found.count,
            population_sha256=found.population_sha256,
            drawn=", ".join(row.reference for row in found.drawn),
        )
    return found


def is_drawn(asked: Asked, *, seed: str, size: int, actor: Actor) -> bool:
    """Tell whether the log has this draw: nobody tries seeds until one suits them."""
    session: Session = db.session()
    wanted = {
        **_of(session, actor, asked.period),
        "basis": asked.basis.value,
        "seed": seed,
        "size": size,
    }
    places = session.scalars(
        select(LogEntry.n)
        .join(LogDetail, LogDetail.n == LogEntry.n)
        .where(
            LogEntry.action == log_words.SAMPLE_DRAWN,
            LogDetail.name == "seed",
            LogDetail.value == value_bytes(seed),
        )
    ).all()
    drawn = log.fields_of(session, places).values()
    return any(wanted.items() <= fields.items() for fields in drawn)


def sample_of(asked: Asked, *, seed: str, size: int, actor: Actor, clock: Clock) -> Sample:
    """Give what a seed draws from a population as it is now.

    Raises:
        Forbidden: by `policy.can_sample`.
    """
    ensure(policy.can_sample(actor))
    rows = {
        row.reference: row
        for row in population(db.session(), actor, asked.period, asked.basis, clock.now())
    }
    drawn = sampling.draw(rows, seed=seed, size=size)
    return Sample(seed, [rows[each] for each in drawn], len(rows), sampling.population_digest(rows))


def _of(session: Session, actor: Actor, period: Period) -> dict[str, str]:
    body = session.scalar(select(Organisation.name).where(Organisation.id == actor.organisation_id))
    return {"body": body or "", "first": str(period.first), "last": str(period.last)}
