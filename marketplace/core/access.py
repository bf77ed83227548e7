"""Who is asking, and which pages they may have: every view carries its access class.

A view without one is refused to everybody, so a forgotten mark closes a page and never opens it.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Response, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from jinja2 import Environment

from marketplace.config import Settings
from marketplace.core.accounts.models import Membership, User
from marketplace.core.clock import Clock
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.files.store import FileStore
from marketplace.core.permissions import SECOND_FACTOR_ROLES, Actor, Permission
from marketplace.core.text import N_

P = ParamSpec("P")
R = TypeVar("R")

MEMBERSHIP_KEY = "membership"


class Access(StrEnum):
    """The classes of access; a permission's name is a class too."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"
    DEMONSTRATION = "demonstration"


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anybody may have."""
    cast(Any, view).access = Access.PUBLIC.value
    return view


def public_alike(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anybody may have and that answers everybody alike, so that caches share it.

    It must read nothing about who asks. Its errors are not shared.
    """
    cast(Any, view).alike = True
    return public(view)


def demonstration_only(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that exists in demonstration mode only; elsewhere there is no such page."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_settings().demonstration:
            raise NotFound(N_("There is no such page."))
        return view(*args, **kwargs)

    cast(Any, guarded).access = Access.DEMONSTRATION.value
    return guarded


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view for anybody who has signed in."""
    return _guarded(view, Access.SIGNED_IN.value, lambda: None)


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view for an actor with any of `permissions`; the policy asks further questions."""

    def check() -> None:
        actor = current_actor()
        if not any(actor.may(permission) for permission in permissions):
            if actor.guest:
                raise NotFound(N_("There is no such page."))
            raise Forbidden(N_("Your role in this organisation does not include this page."))

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        return _guarded(view, "|".join(sorted(permissions)), check)

    return mark


def _guarded(view: Callable[P, R], access: str, check: Callable[[], None]) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.is_authenticated:
            return cast(R, _to_sign_in())
        if (away := missing_second_factor()) is not None:
            return cast(R, away)
        check()
        return view(*args, **kwargs)

    cast(Any, guarded).access = access
    return guarded


def _to_sign_in() -> Response:
    """Send to the sign-in page and back here afterwards (to a page, never to an action)."""
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return cast(Response, redirect(url_for("security.login", next=back)))


def missing_second_factor() -> Response | None:
    """Send a person whose role needs a second factor, and who has none yet, to set it up."""
    membership = current_membership()
    if membership is None or current_settings().demonstration:
        return None
    needs = any(role.role in SECOND_FACTOR_ROLES for role in membership.roles)
    if needs and not cast(User, current_user).tf_primary_method:
        return cast(Response, redirect(url_for("security.two_factor_setup")))
    return None


def access_class(endpoint: str) -> str | None:
    """Give the access class of an endpoint, or nothing where none was set."""
    return getattr(current_app.view_functions.get(endpoint), "access", None)


def is_alike(endpoint: str | None) -> bool:
    """Tell whether an endpoint answers everybody alike."""
    return bool(getattr(current_app.view_functions.get(endpoint or ""), "alike", False))


def current_settings() -> Settings:
    """Give the installation's settings."""
    return cast(Settings, current_app.extensions["settings"])


def current_files() -> FileStore:
    """Give the installation's store of files."""
    return cast(FileStore, current_app.extensions["files"])


def current_templates() -> Environment:
    """Give the templates of the site, for what is printed without a page."""
    return current_app.jinja_env


def clock() -> Clock:
    """Give the application's clock, for a view to pass down."""
    return cast(Clock, current_app.extensions["clock"])


def current_membership() -> Membership | None:
    """Give the membership the person acts under: the one chosen, else the first that stands."""
    if not current_user.is_authenticated:
        return None
    if "membership" not in g:
        standing = sorted(
            (m for m in current_user.memberships if m.ended_at is None),
            key=lambda membership: membership.created_at,
        )
        chosen = session.get(MEMBERSHIP_KEY)
        g.membership = next((m for m in standing if str(m.id) == chosen), None) or next(
            iter(standing), None
        )
    return cast(Membership | None, g.membership)


@dataclass(frozen=True)
class Bearer:
    """The person at the browser in plain values, which a transaction in between leaves as they
    are: a page that records its reading need not read the person again for its frame."""

    name: str
    organisation: str | None
    actor: Actor | None


def bearer() -> Bearer | None:
    """Give who is at the browser, or nothing for a visitor."""
    user = cast(Any, current_user)._get_current_object()
    held = g.get("bearer")
    if held is not None and held[0] is user and held[1] is g.get("membership"):
        return cast(Bearer, held[2])
    if not user.is_authenticated:
        return None
    membership = current_membership()
    found = _bearer(user, membership)
    g.bearer = (user, membership, found)
    return found


def _bearer(user: User, membership: Membership | None) -> Bearer:
    if membership is None:
        return Bearer(user.name, None, None)
    organisation = membership.organisation
    actor = Actor(
        user_id=user.id,
        name=user.name,
        organisation_id=membership.organisation_id,
        roles=frozenset(role.role for role in membership.roles),
    )
    return Bearer(user.name, organisation.short_name or organisation.name, actor)


def optional_actor() -> Actor | None:
    """Give the actor, or nothing for a visitor and for a person without an organisation."""
    found = bearer()
    return found.actor if found else None


def current_actor() -> Actor:
    """Give the person as an actor for the organisation they act for.

    Raises:
        Forbidden: the person belongs to no organisation.
    """
    actor = optional_actor()
    if actor is None:
        raise Forbidden(N_("You do not act for an organisation yet."))
    return actor


def choose_membership(membership_id: uuid.UUID) -> None:
    """Act for another organisation from now on.

    Raises:
        Forbidden: the person has no such membership.
    """
    if not any(m.id == membership_id and m.ended_at is None for m in current_user.memberships):
        raise Forbidden(N_("You do not act for that organisation."))
    session[MEMBERSHIP_KEY] = str(membership_id)
    g.pop("membership", None)
