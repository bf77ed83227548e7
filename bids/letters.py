"""The messages about bids: finished text for the post. Pure."""

from datetime import datetime

from marketplace.core.audit.receipts import armour
from marketplace.core.dates import format_instant
from marketplace.core.text import N_

_RECEIPT_SUBJECT = N_("Your bid is in: %(challenge)s")
_RECEIPT = N_(
    """We have your bid for "%(title)s".

Bid: %(bid)s, version %(version)s
Arrived: %(arrived)s
Recorded: %(recorded)s
Fingerprint (SHA-256): %(sha256)s
Place in the log: %(place)s

It is sealed. Nobody at the public body can read it before two of its officers open all bids
together, after closing at %(closes)s.
You can read it at any time, and change or withdraw it until then. Only the version you submitted
last counts.

Your receipt, with what you submitted: %(address)s
"""
)
_NOTE = N_(
    """
Keep this message. What follows is your receipt, signed by the log of this service. It proves what
was recorded, and which time the log gave it, also years from now and without an account. To check
it, paste this whole message at %(verify)s

%(note)s"""
)
_WITHDRAWN_SUBJECT = N_("Your bid is withdrawn: %(challenge)s")
_WITHDRAWN = N_(
    """Your bid %(bid)s for "%(title)s" is withdrawn and will not be opened.

Recorded: %(recorded)s

What you submitted stays sealed in the record, and you can still read it. Until closing at
%(closes)s you can begin again from it and submit.

Your bid: %(address)s
"""
)
_PASSPHRASE_SUBJECTS = {
    False: N_("You set an opening passphrase"),
    True: N_("Your opening passphrase was changed"),
}
_PASSPHRASE = {
    False: N_(
        """You set an opening passphrase at %(at)s.

With it you can sign for the opening of bids that you are named to open. Nobody else knows it, and
nobody can find it out for you.

If this was not you, tell the service team at once, and set a new one: %(address)s
"""
    ),
    True: N_(
        """A new opening passphrase was set for you at %(at)s. The one before no longer works.

What you signed with it goes on counting. Test before closing that you can open each challenge that
you are named for.

If this was not you, tell the service team at once, and set a new one: %(address)s
"""
    ),
}


def passphrase_set(*, at: datetime, changed: bool, address: str) -> tuple[str, str]:
    """Write the subject and text that tell an officer their opening passphrase was set.

    `changed` tells that it took the place of another.
    """
    return _PASSPHRASE_SUBJECTS[changed], _PASSPHRASE[changed] % {
        "at": format_instant(at),
        "address": address,
    }


def receipt(
    *,
    challenge: str,
    title: str,
    bid: str,
    version: int,
    arrived: datetime,
    recorded: datetime,
    closes_at: datetime,
    sha256: str,
    place: int,
    note: str | None,
    verify: str,
    address: str,
) -> tuple[str, str]:
    """Write the subject and text that tell a person their bid was submitted.

    `note` is the signed receipt, None while the log's key is not at hand; `verify` is the address
    where it can be checked.
    """
    text = _RECEIPT % {
        "title": title,
        "bid": bid,
        "version": version,
        "arrived": format_instant(arrived, seconds=True),
        "recorded": format_instant(recorded, seconds=True),
        "closes": format_instant(closes_at),
        "sha256": sha256,
        "place": place,
        "address": address,
    }
    if note is not None:
        text += _NOTE % {"verify": verify, "note": armour(note)}
    return _RECEIPT_SUBJECT % {"challenge": challenge}, text


def withdrawal(
    *, challenge: str, title: str, bid: str, recorded: datetime, closes_at: datetime, address: str
) -> tuple[str, str]:
    """Write the subject and text that tell a person their bid was withdrawn."""
    return _WITHDRAWN_SUBJECT % {"challenge": challenge}, _WITHDRAWN % {
        "title": title,
        "bid": bid,
        "recorded": format_instant(recorded, seconds=True),
        "closes": format_instant(closes_at),
        "address": address,
    }
