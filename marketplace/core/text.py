"""Marks the words that pure modules say, tidies what people paste, and knows addresses. Pure."""

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit


def N_(message: str) -> str:
    """Return `message` unchanged: the mark by which the extractor finds it."""
    return message


# Line and page breaks of word processors, and of Unicode.
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")

# Invisible: soft hyphen, zero-width space, word joiner, byte order mark; and what turns the
# direction of the text that follows, which can make a sentence read as another than it is. Marks of
# direction and joiners stay: Arabic, Hebrew, Persian and joined emoji need them.
_INVISIBLE = re.compile(
    r"[\u00ad\u200b\u2060-\u2064\ufeff\u180e\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]"
)
# Tags spell out the flags of Scotland, England and Wales, and hide text everywhere else.
_TAGS = re.compile(r"(\U0001f3f4[\U000e0020-\U000e007f]{1,8})|[\U000e0000-\U000e007f]")

_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")

# What a word processor sets before an item of a list: its signs, some from fonts of symbols; an
# "o", a paragraph sign or a dash count only where a tab or wide space follows, as in a list.
_BULLET = re.compile(
    r"^[ \t]*(?:[\u2022\u2023\u25aa\u25ab\u25cf\u25cb\u25e6\u25a0\u2043\u2219\u00b7"
    r"\uf0b7\uf0a7\uf0d8\uf0fc\uf076][ \t]*|[o\u00a7\u2013\u2014-](?:\t| {3,})[ \t]*)(?=\S)",
    re.MULTILINE,
)
_NUMBER = re.compile(r"^[ \t]*([0-9]{1,3})[.)](?:\t| {2,})[ \t]*(?=\S)", re.MULTILINE)


def pasted(text: str) -> str:
    """Give a text as its writer meant it, however a word processor had set it.

    Signs of lists become the "*" of light Markdown; odd spaces, tabs and breaks become plain ones;
    what cannot be seen goes, and so do blank lines beyond one. Quotation marks, dashes, accents and
    emoji stay. Tidying a tidied text changes nothing.
    """
    text = _CONTROL.sub("", _BREAKS.sub("\n", text))
    text = _TAGS.sub(r"\1", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", text))
    text = _NUMBER.sub(r"\1. ", _BULLET.sub("* ", text))
    text = text.replace("\t", " ")
    text = re.sub(r"(?<=\S) {2,}", " ", text)
    text = re.sub(r" +$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def on_one_line(text: str) -> str:
    """Give a tidied text in one line: for titles and names."""
    return " ".join(pasted(text).split())


def is_web_address(text: str, schemes: Collection[str] = ("https", "http")) -> bool:
    """Tell whether a text is the address of a page on the web, to which a page may link.

    Its host has a name with a dot: one without is found inside a network only.
    """
    try:
        found = urlsplit(text)
        host, _port = found.hostname or "", found.port
    except ValueError:
        return False
    named = "." in host.strip(".") and not any(character.isspace() for character in text)
    return named and found.scheme in schemes
