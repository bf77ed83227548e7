"""Refuses texts that are missing or too long, with words for the field. Pure."""

from marketplace.core.errors import Invalid
from marketplace.core.text import N_

# Each has its own sentence, so that it can be translated.
_TOO_LONG = {
    200: N_("Shorten this to 200 characters or fewer."),
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
    if not text:
        raise Invalid(missing, {field: missing})
    refuse_long(text, field, most)


def refuse_long(text: str, field: str, most: int) -> None:
    """Refuse a text longer than `most` characters.

    Raises:
        Invalid: so.
    """
    if len(text) > most:
        raise Invalid(_TOO_LONG[most], {field: _TOO_LONG[most]})
