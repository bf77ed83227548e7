"""Names organisations in release packages: by identifiers that tell nothing of when they came."""

import hashlib

from marketplace.core.accounts.models import Organisation
from marketplace.publishing.ocds.facts import Party


def party(organisation: Organisation, scale: str = "") -> Party:
    """Name an organisation that is registered here."""
    return Party(identifier("org", str(organisation.id)), organisation.name, scale)


def sponsor(name: str) -> Party:
    """Name a body that joins in, by its name: it need not be registered here."""
    return Party(identifier("org", name.casefold()), name)


def identifier(kind: str, told: str) -> str:
    """Make an identifier out of one that is not shown."""
    return f"{kind}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
