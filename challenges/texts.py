"""Refuses texts that are missing or too long, with words for the field. Pure."""

from collections.abc import Mapping

from marketplace.core.errors import Invalid
from marketplace.core.text import N_

# Each has its own sentence, so that it can be translated.
_TOO_LONG = {
    200: N_("Shorten this to 200 characters or fewer."),
    300: N_("Shorten this to 300 characters or fewer."),
    500: N_("Shorten this to 500 characters or fewer."),
    2_000: N_("Shorten this to 2,000 characters or fewer."),
    5_000: N_("Shorten this to 5,000 characters or fewer."),
    10_000: N_("Shorten this to 10,000 characters or fewer."),
}


def refuse_text(text: str, field: str, missing: str, most: int) -> None:
    """Refuse an empty text with the message `missing`, or one longer than `most` characters.

    Raises:
        Invalid: so.
    """
    refuse_all(text_faults(text, field, missing, most))


def text_faults(text: str, field: str, missing: str, most: int) -> dict[str, str]:
    """Name what is wrong with a text by its field, to be told together with other faults."""
    if not text:
        return {field: missing}
    return {field: _TOO_LONG[most]} if len(text) > most else {}


def refuse_all(faults: Mapping[str, str]) -> None:
    """Refuse what has faults, all of them at once.

    Raises:
        Invalid: there are any.
    """
    if faults:
        raise refusal(faults)


def refusal(faults: Mapping[str, str]) -> Invalid:
    """Give the refusal that tells all of these faults, of which there is one at least."""
    first = next(iter(faults.values()))
    return Invalid(first if len(faults) == 1 else N_("Something needs to be put right."), faults)


def refuse_long(text: str, field: str, most: int) -> None:
    """Refuse a text longer than `most` characters.

    Raises:
        Invalid: so.
    """
    if len(text) > most:
        raise Invalid(_TOO_LONG[most], {field: _TOO_LONG[most]})
