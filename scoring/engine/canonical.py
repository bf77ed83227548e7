"""The one canonical form of JSON in this product (RFC 8785), for everything that is hashed.

Two people who hold the same facts must get the same bytes, so object keys are sorted by their
UTF-16 code units, there is no white space, and text is UTF-8. Our documents hold no floats, which
is the hard half of RFC 8785: numbers here are integers of at most 2^53-1 either way.
"""

import json

LARGEST_INTEGER = 2**53 - 1


class NotCanonical(ValueError):
    """The value holds something that has no single, exact form as JSON text."""


def canonical(value: object) -> bytes:
    """Write a JSON value as its RFC 8785 bytes.

    Takes dicts with text keys, lists, tuples, text, integers within ±(2^53-1), booleans and None.

    Raises:
        NotCanonical: for anything else, and for text that is not Unicode (a lone surrogate).

    Source: RFC 8785, sections 3.2.2 and 3.2.3.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NotCanonical("text holds a lone surrogate") from None


def canonical_plain(value: object) -> bytes:
    """Do the same, faster, for a value known to hold nothing but what `canonical` takes.

    For documents that were checked already and results that the engine made itself. Sorting by
    code points is sorting by UTF-16 code units as long as every character fits in one.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    if len(text.encode("utf-16-le", "surrogatepass")) != 2 * len(text):
        return canonical(value)
    return text.encode()


def _ordered(value: object) -> object:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return value
        raise NotCanonical("an integer is beyond 2^53-1; write it as text")
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("a key is not text")
        keys = sorted(value) if "".join(value).isascii() else sorted(value, key=_utf16)
        return {key: _ordered(value[key]) for key in keys}
    if isinstance(value, (list, tuple)):
        return [_ordered(item) for item in value]
    raise NotCanonical(f"{type(value).__name__} has no exact form in JSON; write it as text")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")
