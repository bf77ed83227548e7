"""The signed links that end messages without signing in."""

import uuid
from typing import NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.core.access import current_settings
from marketplace.core.errors import NotFound
from marketplace.core.text import N_

_SALT = "stop-messages"


class Stop(NamedTuple):
    """What a link ends: a saved search, following a challenge, or all messages of a kind.

    Of a kind, `thing` is the person too.
    """

    what: str
    person: uuid.UUID
    thing: uuid.UUID


SEARCH, FOLLOWED, CLOSING = "search", "followed", "closing"


def stop_url(what: str, person: uuid.UUID, thing: uuid.UUID) -> str:
    """Give the whole address of the page that ends messages."""
    token = _signer().dumps([what, person.hex, thing.hex])
    return f"{current_settings().public_url}/stop/{token}"


def read(token: str) -> Stop:
    """Read what a link ends.

    Raises:
        NotFound: nobody here has made it.
    """
    try:
        what, person, thing = _signer().loads(token)
        return Stop(str(what), uuid.UUID(person), uuid.UUID(thing))
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise NotFound(
            N_("This link is not complete. Copy all of it from the e-mail, or sign in.")
        ) from None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_settings().secret_key, salt=_SALT)
