"""Which keys a challenge's chain names for those who may open its bids, and whose are one's. Pure.

A public file withholds who the officers are. It shows which key took the place of which, and so
which keys belong to one officer; that two officers are two people, a file for auditors shows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from marketplace.core.audit import signing
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.signing import BadKey
from marketplace.core.audit.stages import STAGE_OPENED
from marketplace.core.audit.told import Told, Unfit
from marketplace.core.text import N_

NAMED = "opening.officer_named"
KEY_SET = "opening.key_set"
PUBLISHED = "challenge.published"


@dataclass
class Officer:
    """One who may open: the keys named for them, each with its place; who, where it is shown.

    `later` is the place of the entry that named them after publication, None for one named at it.
    """

    person: str | None
    later: int | None = None
    keys: dict[str, int] = field(default_factory=dict)


@dataclass
class Officers:
    """All that a chain names; `faults` is what of it does not agree."""

    named: list[Officer] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)

    def of_key(self, key: str) -> Officer | None:
        """Give the officer whose key it is."""
        return next((officer for officer in self.named if key in officer.keys), None)


def read(origin: str, chain: Sequence[Told]) -> Officers:
    """Read who was named to open a stage's bids by its entries, and with which keys.

    Raises:
        Unshown, Unfit: a key is withheld, or no text.
    """
    found = Officers()
    # Publication names its officers right after itself, in entries between which is no other of the
    # whole chain; a second publication, which cannot be, makes nobody's naming earlier. The opening
    # of a later stage does the same for that stage.
    at_publication: bool | None = None
    last = 0
    for each in chain:
        if each.action in (PUBLISHED, STAGE_OPENED):
            at_publication = at_publication is None
        elif at_publication and (each.action != NAMED or each.entry.cn != last + 1):
            at_publication = False
        last = each.entry.cn
        if each.action == NAMED:
            later = None if at_publication else each.n
            found.faults += _name(found, each, origin, later)
        elif each.action == KEY_SET:
            found.faults += _set(found, each, origin)
    return found


def _name(found: Officers, each: Told, origin: str, later: int | None) -> Iterator[Finding]:
    person = _person(each, "officer_id")
    if person is not None and person in {officer.person for officer in found.named}:
        yield failed(N_("The same officer was named before"), each.where)
    officer = Officer(person, later)
    found.named.append(officer)
    if (key := _optional(each, "key")) is not None:
        yield from _give(found, officer, key, each, origin)


def _set(found: Officers, each: Told, origin: str) -> Iterator[Finding]:
    """Give a key to the officer whose former key it replaces, or to one who had none yet."""
    key, former, person = each.text("key"), _optional(each, "former"), _person(each, "actor_id")
    if former is not None:
        officer = found.of_key(former)
        if officer is None:
            yield failed(N_("Its key takes the place of one that was never named here"), each.where)
            return
    else:
        without = [officer for officer in found.named if not officer.keys]
        officer = next(
            (officer for officer in without if person is not None and officer.person == person),
            # Where nobody is shown, any of those without a key may be the one.
            next((officer for officer in without if None in (person, officer.person)), None),
        )
        if officer is None:
            yield failed(N_("Its key is nobody's who was named to open the bids"), each.where)
            return
    if None not in (person, officer.person) and person != officer.person:
        yield failed(N_("Somebody else set this officer's key"), each.where)
    officer.person = officer.person or person
    yield from _give(found, officer, key, each, origin)


def _give(
    found: Officers, officer: Officer, key: str, each: Told, origin: str
) -> Iterator[Finding]:
    if found.of_key(key) is not None:
        yield failed(N_("The same key was named before"), each.where)
        return
    try:
        name = signing.parse_verifier(key).name
    except BadKey as error:
        yield failed(N_("Its key is none: %(why)s"), each.where, why=str(error))
        return
    if not re.fullmatch(re.escape(origin) + "/opener/[0-9a-f]{8}", name):
        yield failed(N_("Its key does not have the name of an officer's key"), each.where)
        return
    officer.keys[key] = each.n


def _optional(each: Told, name: str) -> str | None:
    return None if each.value(name) is None else each.text(name)


def _person(each: Told, name: str) -> str | None:
    """Give who it was where that is shown; an erased or withheld name is none."""
    found = each.known(name)
    if found is not None and not isinstance(found, str):
        raise Unfit(each, name)
    return found
