"""Checks in a challenge's chain that two officers opened the bids, after closing, and which. Pure.

Each stage that the chain tells of is checked by itself, with the same strictness. The rules are
those of `docs/verification.md`, section 11. What a public file withholds, who the officers are, is
compared where a file for auditors shows it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from marketplace.core.audit import bid_order, brought_order, opening_keys, stages
from marketplace.core.audit.bid_order import CLOSED, OPENED, PUBLISHED, REOPENED
from marketplace.core.audit.findings import Finding, Status, asserted, failed, withheld
from marketplace.core.audit.opening_keys import Officer, Officers
from marketplace.core.audit.stages import FIRST, STAGE_OPENED
from marketplace.core.audit.told import Told, Unfit, Unshown
from marketplace.core.text import N_
from marketplace.core.vault import statements
from marketplace.core.vault.statements import BadStatement, Statement

CONFIRMED = "opening.confirmed"

FLAWS = {
    "missing": N_("The envelope of bid %(bid)s was missing at the opening, and was flagged"),
    "differs": N_(
        "The envelope of bid %(bid)s was not the one submitted, and was flagged at the opening"
    ),
    "unreadable": N_(
        "The envelope of bid %(bid)s could not be opened or held no bid, and was flagged"
    ),
    "another": N_("The envelope of bid %(bid)s held another bid or version, and was flagged"),
    "fields": N_("The fields of bid %(bid)s were not those recorded, and it was flagged"),
}
_BY_TWO = N_(
    "Two officers opened the bids after closing: each signed with a key of their own that the log "
    "had named before it"
)
_BY_LATE_KEY = N_(
    "Two officers opened the bids after closing, but only by the log's word: a key that signed was "
    "named after closing, in entry %(n)s"
)
_BY_LATE_OFFICER = N_(
    "Two officers opened the bids after closing, but only by the log's word: one who signed was "
    "named after publication, in entry %(n)s"
)
_OPENED_BY = frozenset({_BY_TWO, _BY_LATE_KEY, _BY_LATE_OFFICER})
_WEAKNESS = (Status.PROVEN, Status.ASSERTED, Status.WITHHELD, Status.FAILED)


@dataclass(frozen=True)
class Checked:
    """What was found of the bids and their opening.

    `status` is that of the sentence that two officers opened the bids after closing, of several
    stages the weakest; None where the chain records no opening.
    """

    findings: Sequence[Finding]
    status: Status | None


@dataclass(frozen=True)
class _Opening:
    """The entries that an opening rests on, and what counted when the bids closed.

    `published` is what began the stage: the publication, or the opening of a later stage. `plan`
    is the digest of the plan that held then, `counted` maps a bid's reference to its version and
    its envelope's digest.
    """

    stage: int
    opened: Told
    closed: Told
    published: Told
    plan: bytes
    confirmed: Sequence[Told]
    counted: Mapping[str, tuple[int, bytes]]


@dataclass
class _Signed:
    """What the officers' statements come to: whose keys signed which texts, and who signed."""

    texts: set[str] = field(default_factory=set)
    signers: list[Officer] = field(default_factory=list)
    people: list[str | None] = field(default_factory=list)


def check(origin: str, chain: Sequence[Told], sure: Status) -> Checked:
    """Say of a chain's bids and their opening how sure a reader can be.

    `origin` is the log's name by the checkpoint; `sure` what a fact is that follows from the file.
    """
    found: list[Finding] = []
    parts: dict[int, list[Told]] = {}
    found += _guarded(_parted(chain, parts))
    statuses = []
    for number, part in parts.items():
        checked = _stage(origin, chain, number, part, sure)
        found += checked.findings
        if checked.status is not None:
            statuses.append(checked.status)
    if not parts:
        return Checked(found, Status.FAILED)
    return Checked(found, max(statuses, key=_WEAKNESS.index, default=None))


def _parted(chain: Sequence[Told], parts: dict[int, list[Told]]) -> Iterator[Finding]:
    """Part the chain, which may be refused as any value is."""
    parts |= stages.parts(chain)
    yield from ()


def _stage(
    origin: str, chain: Sequence[Told], number: int, part: Sequence[Told], sure: Status
) -> Checked:
    """Say of one stage's bids and their opening how sure a reader can be."""
    found = []
    if number == FIRST:
        found += [
            failed(N_("It opens a stage and does not say which"), each.where)
            for each in part
            if each.action == STAGE_OPENED
        ]
    else:
        found += _guarded(stages.begun(chain, number, part))
    found += [
        each if each.where != "entries" or number == FIRST else _of(each, number)
        for each in _guarded(bid_order.check(part, sure))
    ]
    found += _guarded(brought_order.check(part, sure))
    opened = [each for each in part if each.action == OPENED]
    if not opened:
        return Checked(found, None)
    found += _guarded(_opening(origin, number, part, opened[0], sure))
    found += [
        failed(N_("The bids were opened before, in entry %(n)s"), again.where, n=opened[0].n)
        for again in opened[1:]
    ]
    if any(each.status is Status.FAILED for each in found):
        return Checked(found, Status.FAILED)
    said = [each.status for each in found if each.what in _OPENED_BY]
    return Checked(found, said[0] if said else Status.WITHHELD)


def _of(found: Finding, number: int) -> Finding:
    """Say of which stage the entries are that a finding is about."""
    return replace(found, where=f"{found.where}, stage {number}")


def _guarded(found: Iterator[Finding]) -> Iterator[Finding]:
    """Give findings until a value that they rest on is withheld, or is none."""
    try:
        yield from found
    except Unshown as hidden:
        yield withheld(
            N_(
                "“%(name)s” is not shown here, so not all about the bids can be told from this file"
            ),
            hidden.told.where,
            name=hidden.name,
        )
    except Unfit as unfit:
        yield failed(
            N_("“%(name)s” is missing or is not what the specification says"),
            unfit.told.where,
            name=unfit.name,
        )


def _opening(
    origin: str, number: int, part: Sequence[Told], opened: Told, sure: Status
) -> Iterator[Finding]:
    before = [each for each in part if each.n < opened.n]
    closed = [each for each in before if each.action in (CLOSED, REOPENED)]
    began = PUBLISHED if number == FIRST else STAGE_OPENED
    published = [each for each in before if each.action == began]
    if not closed or closed[-1].action != CLOSED:
        yield failed(N_("The bids were opened before a closing was recorded"), opened.where)
        return
    if not published:
        yield failed(N_("The bids were opened, and no publication is recorded"), opened.where)
        return
    found = _Opening(
        number,
        opened,
        closed[-1],
        published[-1],
        bid_order.plan_of(before),
        [each for each in before if each.action == CONFIRMED and each.n > closed[-1].n],
        bid_order.counted(before, closed[-1]),
    )
    officers = opening_keys.read(origin, before)
    yield from _by_two(origin, officers, found, sure)
    yield from _which(found, sure)


def _by_two(origin: str, officers: Officers, found: _Opening, sure: Status) -> Iterator[Finding]:
    """Check that two of the officers named signed the same true statement."""
    signed = _Signed()
    faults = list(officers.faults)
    for each in found.confirmed:
        faults += _statement(each, origin, officers, found, signed)
    faults += _two(found, signed)
    if faults:
        yield from faults
        return
    late = [
        place
        for each, officer in zip(found.confirmed, signed.signers, strict=True)
        if (place := officer.keys[each.text("key")]) > found.closed.n
    ]
    added = [officer.later for officer in signed.signers if officer.later is not None]
    if late:
        yield asserted(_BY_LATE_KEY, found.opened.where, n=late[0])
    if added:
        yield asserted(_BY_LATE_OFFICER, found.opened.where, n=added[0])
    if not late and not added:
        yield Finding(sure, _BY_TWO, found.opened.where)
    if None in signed.people:
        yield withheld(
            N_(
                "Who the two officers are is not shown here: that two keys are two people's, a "
                "file for auditors shows"
            ),
            found.opened.where,
        )


def _statement(
    each: Told, origin: str, officers: Officers, found: _Opening, signed: _Signed
) -> Iterator[Finding]:
    """Check one officer's statement: by whom, and whether it is true."""
    key, note = each.text("key"), each.text("statement")
    try:
        text = statements.signed_text(note, key)
        yield from _untrue(statements.read(text), origin, found, each)
    except BadStatement as error:
        yield failed(
            N_("The statement is not one that its key signed: %(why)s"), each.where, why=str(error)
        )
        return
    signed.texts.add(text)
    officer = officers.of_key(key)
    if officer is None or officer.keys[key] > each.n:
        yield failed(
            N_("The statement is signed by a key that the log had named for no officer"),
            each.where,
        )
        return
    person = each.known("actor_id")
    signed.signers.append(officer)
    signed.people.append(person if isinstance(person, str) else None)
    if None not in (person, officer.person) and person != officer.person:
        yield failed(N_("Another person than the key's own signed with it"), each.where)


def _untrue(said: Statement, origin: str, found: _Opening, each: Told) -> Iterator[Finding]:
    """Compare what a statement says with the chain."""
    bids = [(bid, version, envelope.hex()) for bid, (version, envelope) in found.counted.items()]
    for name, stated, held in (
        ("origin", said.origin, origin),
        ("challenge", said.challenge, each.entry.chain),
        ("stage", said.stage, found.stage),
        ("plan", said.plan, found.plan),
        ("key", said.key, found.published.text("sealing_key")),
        ("closed", said.closed, found.closed.n),
        ("leaf", said.leaf, found.closed.leaf),
        ("count", said.count, len(bids)),
        ("bids", said.bids, statements.digest_of(bids)),
    ):
        if stated != held:
            yield failed(
                N_("The statement and the log differ in “%(name)s”"), each.where, name=name
            )


def _two(found: _Opening, signed: _Signed) -> Iterator[Finding]:
    """Find where fewer than two officers signed, or not the same."""
    where = found.opened.where
    people = [person for person in signed.people if person is not None]
    if not found.confirmed:
        yield failed(N_("No officer's statement stands between closing and opening"), where)
    elif len(found.confirmed) == 1:
        yield failed(N_("Only one officer signed for the opening"), where)
    elif len({id(officer) for officer in signed.signers}) < len(signed.signers) or len(
        set(people)
    ) < len(people):
        yield failed(N_("The same officer signed twice"), where)
    if len(signed.texts) > 1:
        yield failed(N_("The officers' statements say different things"), where)
    named = found.opened.known("officers")
    if (
        named is not None
        and len(people) == len(found.confirmed)
        and (not isinstance(named, list) or sorted(map(str, named)) != sorted(people))
    ):
        yield failed(N_("The opening names other officers than signed for it"), where)


def _which(found: _Opening, sure: Status) -> Iterator[Finding]:
    """Compare the envelopes that were opened with those that counted at closing."""
    opened = found.opened
    bids, flaws = _object(opened, "bids"), _object(opened, "flaws")
    faults = list(_unlisted(found, bids, flaws))
    for bid, (_version, envelope) in sorted(found.counted.items()):
        flaw = flaws.get(bid)
        if bid in bids and not _agrees(bids[bid], envelope.hex(), flaw):
            faults.append(
                failed(
                    N_(
                        "The envelope of bid %(bid)s that was opened is not the one that was "
                        "submitted, and the bid is not flagged so"
                    )
                    if flaw is None
                    else N_("What bid %(bid)s is flagged for is not what its digests show"),
                    opened.where,
                    bid=bid,
                )
            )
        elif isinstance(flaw, str) and flaw in FLAWS:
            yield asserted(FLAWS[flaw], opened.where, bid=bid)
    yield from faults
    if not faults:
        yield Finding(
            sure,
            N_("The bids opened, %(count)s, are those that counted at closing, in their versions"),
            opened.where,
            (("count", len(found.counted)),),
        )


def _unlisted(
    found: _Opening, bids: Mapping[str, object], flaws: Mapping[str, object]
) -> Iterator[Finding]:
    """Find bids that were left out or came from nowhere, and flags that do not agree."""
    opened = found.opened
    for bid in sorted(found.counted.keys() - bids.keys()):
        yield failed(N_("Bid %(bid)s counted at closing and was not opened"), opened.where, bid=bid)
    for bid in sorted(bids.keys() - found.counted.keys()):
        yield failed(N_("Bid %(bid)s was opened and did not count"), opened.where, bid=bid)
    if opened.number("count") != len(found.counted):
        yield failed(N_("It counts other bids than counted at closing"), opened.where)
    if opened.value("differing") != sorted(flaws) or not all(
        isinstance(flaw, str) and flaw in FLAWS and bid in bids for bid, flaw in flaws.items()
    ):
        yield failed(N_("The bids that it flags are not told in their one form"), opened.where)


def _agrees(held: object, submitted: str, flaw: object) -> bool:
    """Tell whether the digest found at the opening is what the bid's flag says of it."""
    if held is None:
        return flaw in ("missing", "unreadable")
    if flaw == "missing":
        return False
    if flaw == "differs":
        return isinstance(held, str) and held != submitted
    return held == submitted


def _object(each: Told, name: str) -> Mapping[str, object]:
    found = each.value(name)
    if not isinstance(found, dict):
        raise Unfit(each, name)
    return found
