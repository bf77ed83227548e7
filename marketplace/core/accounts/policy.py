"""Who may do what to an organisation and its people, and which passwords are too easy. Pure."""

import uuid
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from marketplace.core.permissions import (
    ALLOWED,
    BODY_ROLES,
    PLATFORM_ROLES,
    SUPPLIER_ROLES,
    Actor,
    Answer,
    Permission,
    Role,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    from marketplace.core.accounts.models import Organisation

# NCSC advises length over mixtures of signs; twelve is ASVS 2.1.1's least.
SHORTEST_PASSWORD = 12
# Argon2 reads it all: a limit keeps a stranger from having the machine chew on megabytes.
LONGEST_PASSWORD = 200

# Who looks after the people of each kind of organisation. Keyed by the kind's value, because a
# policy knows no tables.
_CARETAKERS = {
    "supplier": Role.SUPPLIER_ADMIN,
    "body": Role.PROCUREMENT_OFFICER,
    "platform": Role.PLATFORM_ADMIN,
}
_ROLES = {"supplier": SUPPLIER_ROLES, "body": BODY_ROLES, "platform": PLATFORM_ROLES}
_FOUNDERS = {
    "supplier": frozenset({Role.SUPPLIER_ADMIN}),
    # Enough to begin a challenge at once; bids are opened only for a body that is verified.
    "body": frozenset({Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER}),
}

_EASY = (
    "password",
    "passw0rd",
    "qwerty",
    "letmein",
    "welcome",
    "iloveyou",
    "admin",
    "abc",
    "secret",
    "1234567890",
    "123456789",
    "12345678",
    "1234567",
    "123456",
    "12345",
    "1234",
    "123",
)


def founder_roles(kind: str) -> frozenset[Role]:
    """Say which roles the person has who registers an organisation of `kind`.

    Raises:
        KeyError: nobody registers a platform team; it is made by command.
    """
    return _FOUNDERS[kind]


def roles_of(kind: str) -> frozenset[Role]:
    """Say which roles a membership of an organisation of `kind` can give."""
    return _ROLES[kind]


def caretaker_role(kind: str) -> Role:
    """Say which role looks after the people of an organisation of `kind`."""
    return _CARETAKERS[kind]


def can_look_after_people(actor: Actor, organisation: "Organisation") -> Answer:
    """Answer whether the actor may invite people, change their roles and end memberships."""
    if (
        actor.organisation_id == organisation.id
        and caretaker_role(organisation.kind.value) in actor.roles
    ):
        return ALLOWED
    if Role.PLATFORM_ADMIN in actor.roles:
        return ALLOWED
    return lacks_right(N_("Your role does not let you change who acts for this organisation."))


def can_give_roles(kind: str, roles: Collection[Role]) -> Answer:
    """Answer whether `roles` can stand together in one membership of such an organisation."""
    if not roles:
        return wrong_moment(N_("Choose at least one role."))
    if not roles_of(kind).issuperset(roles):
        return lacks_right(N_("This kind of organisation does not have that role."))
    if Role.AUDITOR in roles and len(roles) > 1:
        return lacks_right(
            N_("An auditor only reads: the role cannot be given together with another.")
        )
    return ALLOWED


def can_see_people(actor: Actor, organisation_id: uuid.UUID) -> bool:
    """Tell whether an organisation's people exist for the actor: one's own, unless one is a guest
    there, or anybody's for the team that runs the service."""
    own = actor.organisation_id == organisation_id and not actor.guest
    return own or Role.PLATFORM_ADMIN in actor.roles


def can_change_own_roles(
    actor: Actor, user_id: uuid.UUID, before: Collection[Role], after: Collection[Role]
) -> Answer:
    """Answer whether the person's roles may become `after`: nobody gives a role to themselves."""
    if actor.user_id == user_id and not set(after) <= set(before):
        return lacks_right(N_("You cannot give yourself a role. Somebody else has to do it."))
    return ALLOWED


def can_lose_caretaker(
    kind: str,
    others: Iterable[Collection[Role]],
    *,
    had: Collection[Role],
    kept: Collection[Role],
) -> Answer:
    """Answer whether a membership that `had` roles may be left with those `kept`, or with none.

    `others` are the roles of each of the organisation's other standing memberships.
    """
    caretaker = caretaker_role(kind)
    if caretaker not in had or caretaker in kept or any(caretaker in roles for roles in others):
        return ALLOWED
    return wrong_moment(
        N_("This is the last person who can look after the people here. Give somebody that first.")
    )


def can_verify(actor: Actor, organisation: "Organisation") -> Answer:
    """Answer whether the actor may record that the organisation is what it says it is."""
    if not actor.may(Permission.ORGANISATION_VERIFY):
        return lacks_right(N_("Only the team that runs the service verifies organisations."))
    if actor.organisation_id == organisation.id:
        return lacks_right(N_("Nobody verifies their own organisation."))
    if organisation.verified_at is not None:
        return wrong_moment(N_("This organisation is verified already."))
    return ALLOWED


def can_meet_bodies(organisation: "Organisation") -> Answer:
    """Answer whether an organisation's people may deal with other public bodies.

    Anybody can register a body: what bodies show and write to each other is for those of which
    somebody has checked that they are one. Whoever runs the service has no need of that.
    """
    if organisation.kind.value == "body" and organisation.verified_at is None:
        return lacks_right(
            N_(
                "The people who run this service have not yet checked who stands behind your "
                "organisation. Once they have, you can deal with other public bodies here."
            )
        )
    return ALLOWED


def password_fault(password: str, *, known: Iterable[str] = ()) -> str | None:
    """Say what is wrong with a new password, or nothing.

    `known` are words an attacker would try first: the person's name and address, the service's
    name. What is left without them and without the usual strings must still be worth guessing at.

    Source: OWASP ASVS 4.0.3, 2.1.1, 2.1.2, 2.1.7; NCSC, "Three random words".
    """
    if len(password) < SHORTEST_PASSWORD:
        return N_("Your password must have at least 12 characters. Three random words work well.")
    if len(password) > LONGEST_PASSWORD:
        return N_("Your password must have 200 characters or fewer.")
    if is_made_of(password, known):
        return N_("That password is easy to guess. Choose another, such as three random words.")
    return None


def is_made_of(secret: str, known: Iterable[str]) -> bool:
    """Tell whether too little is left of a secret without the known words and the usual strings."""
    rest = secret.casefold()
    parts = {part for text in known for part in _parts(text)}
    for word in sorted(parts | set(_EASY), key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest) < 5 or len(set(rest)) < 4


def _parts(text: str) -> set[str]:
    """Cut a name or an address into the words that somebody would guess with."""
    words = text.casefold()
    for sign in "@.-_+'":
        words = words.replace(sign, " ")
    return {word for word in words.split() if len(word) >= 3}
