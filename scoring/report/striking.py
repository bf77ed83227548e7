"""Striking withheld names and prices out of text that people wrote.

A reason may say "Kestrel's £48,000 is low": the name and the price are withheld as facts, so they
may not stand in a sentence either. Errs towards striking too much. It knows only what it is told;
a person still reads the reasons before a public edition goes out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Final

from scoring.report.values import Money

STRUCK_PRICE: Final = "[price withheld]"
STRUCK_SHARE: Final = "[share withheld]"
STRUCK_POINTS: Final = "[points withheld]"
STRUCK_TIE: Final = "[comparison withheld]"
_OF_FIGURES: Final = frozenset({STRUCK_PRICE, STRUCK_SHARE, STRUCK_POINTS})
_DIGIT: Final = re.compile(r"\d")

# Up to a full stop, or to the colon before what somebody wrote.
_SENTENCES: Final = re.compile(r"\S.*?(?:[.!?:;](?=\s|$)|$)", re.MULTILINE)
_TIED: Final = re.compile(r"\b(?:ti(?:e|ed|es)|tying|tie-?breaks?)\b", re.IGNORECASE)
_EQUAL: Final = re.compile(
    r"\b(?:same|equal(?:s|led|ly)?|level|identical(?:ly)?|each|both)\b", re.IGNORECASE
)
_FIGURES: Final = re.compile(
    r"\b(?:points?|totals?|scores?|results?|prices?|costs?)\b", re.IGNORECASE
)

# Endings of company names, which people leave out when they write.
_FORMS: Final = re.compile(
    r"[\s,]+(?:ltd|limited|llp|lp|plc|cic|c\.i\.c\.|inc|scio|co|company)\.?$", re.IGNORECASE
)
_TITLES: Final = r"(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Professor|Cllr|Councillor|Sir|Dame)\.?\s+"
_SHORTEST_ALONE: Final = 4


class Striker:
    """Replaces what it was told to strike; call it with a text to get the text that may be shown.

    Longer phrases go first, so that a full name never leaves half of itself behind.
    """

    def __init__(self) -> None:
        self._phrases: dict[str, tuple[re.Pattern[str], str]] = {}
        self._order: Sequence[str] = ()

    def strike_person(self, name: str, label: str) -> None:
        """Strike a person's full name in any case, and the last name after a title or initial."""
        self._add(name, _phrase(name), label)
        last = name.rpartition(" ")[2]
        if last != name:
            before = rf"(?:{_TITLES}|{re.escape(name[0])}\.?\s*)"
            pattern = rf"\b{before}{re.escape(last)}\b"
            self._add(f"{name[0]} {last}", re.compile(pattern, re.IGNORECASE), label)

    def strike_supplier(self, name: str, label: str) -> None:
        """Strike a supplier's name in any case, with or without its legal form.

        What remains without the form is struck as written, capitals and all, when it is a single
        word: "Signal" the supplier, not "signal" the word.
        """
        self._add(name, _phrase(name), label)
        short = _FORMS.sub("", name).strip()
        if short and short != name:
            single = len(short.split()) == 1
            if not single:
                self._add(short, _phrase(short), label)
            elif len(short) >= _SHORTEST_ALONE:
                self._add(short, re.compile(rf"(?<!\w){re.escape(short)}(?!\w)"), label)

    def strike_price(self, price: Money) -> None:
        """Strike an amount as people write it: 48000, 48,000, 48 000.00, 48k, 4800000 pence."""
        whole, pence = divmod(price.minor, 100)
        grouped = f"{whole:,}".replace(",", r"[,\s\u00a0\u202f]?")
        fraction = r"(?:\.00?)?" if pence == 0 else rf"\.{pence:02d}"
        forms = [rf"{grouped}{fraction}"]
        if pence:
            # Rounded to pounds an amount is as good as told.
            forms.append(grouped)
        if whole >= 1000 and whole % 100 == 0 and pence == 0:
            thousands = f"{whole // 1000}" if whole % 1000 == 0 else f"{whole / 1000:.1f}"
            forms.append(rf"{re.escape(thousands)}\s?k")
        pattern = r"(?:£\s?)?(?<![\d.,])(?:" + "|".join(forms) + r")(?![\d]|[.,]\d)"
        # Small numbers are scores, weights and counts far more often than prices.
        if whole >= 100:
            self._add(f"price {price.minor}", re.compile(pattern, re.IGNORECASE), STRUCK_PRICE)

    def strike_difference(self, withheld: Money, shown: Money) -> None:
        """Strike by how much a withheld price lies from one that is shown: as money, also where it
        is rounded to hundreds or thousands, and as a share of either.
        """
        if withheld.currency != shown.currency or withheld.minor == shown.minor:
            return
        apart = abs(withheld.minor - shown.minor)
        for minor in {apart, round(apart, -4), round(apart, -5)}:
            self.strike_price(Money(minor, withheld.currency))
        for whole in {withheld.minor, shown.minor} - {0}:
            share = Fraction(100 * apart, whole)
            self._strike_share({f"{float(share):.{places}f}" for places in range(3)} - {"0"})

    def _strike_share(self, forms: Collection[str]) -> None:
        for form in forms:
            pattern = rf"(?<![\d.,]){re.escape(form)}\s?(?:%|per\s?cent\b)"
            self._add(f"share {form}", re.compile(pattern, re.IGNORECASE), STRUCK_SHARE)

    def strike_total(self, withheld: Fraction, shown: Collection[Fraction] = ()) -> None:
        """Strike a total that is withheld, and how far it lies from totals that are `shown`."""
        for points in {withheld, *(abs(withheld - each) for each in shown)} - {Fraction(0)}:
            forms = {f"{float(points):.{places}f}" for places in range(3)} - {"0"}
            trimmed = f"{float(points):.4f}".rstrip("0").rstrip(".")
            number = "|".join(re.escape(each) for each in sorted({*forms, trimmed}, key=len)[::-1])
            pattern = (
                rf"(?<![\d.,£])(?:{number})(?:\s+(?:more\s+|fewer\s+)?points?\b|(?=\s+out\s+of\b))"
                rf"|(?<=\btotal )(?:of\s+|is\s+|was\s+)?(?:{number})(?![\d]|[.,]\d)"
            )
            self._add(f"points {trimmed}", re.compile(pattern, re.IGNORECASE), STRUCK_POINTS)

    def _add(self, key: str, pattern: re.Pattern[str], label: str) -> None:
        self._phrases[key] = (pattern, label)

    def __call__(self, text: str) -> str:
        """Return the text with everything struck that was named."""
        for key in self._in_order():
            pattern, label = self._phrases[key]
            # Most texts have no figure, and a report with many bids has many to look for.
            if label in _OF_FIGURES and not _DIGIT.search(text):
                continue
            # A backslash in a label would mean a group to the pattern.
            text = pattern.sub(label.replace("\\", r"\\"), text)
        return text

    def _in_order(self) -> Sequence[str]:
        if len(self._order) != len(self._phrases):
            self._order = sorted(self._phrases, key=lambda key: (-len(key), key))
        return self._order


def without_ties(text: str) -> str:
    """Leave out each sentence that says that figures are the same.

    For a text about bids of which one's figures are shown and another's, which are the same, are
    not.
    """

    def shown(found: re.Match[str]) -> str:
        said = found[0]
        tells = _TIED.search(said) or (_EQUAL.search(said) and _FIGURES.search(said))
        return STRUCK_TIE if tells else said

    text = _SENTENCES.sub(shown, text)
    # Several in a row need to be said once.
    return re.sub(rf"{re.escape(STRUCK_TIE)}(?:\s+{re.escape(STRUCK_TIE)})+", STRUCK_TIE, text)


def _phrase(name: str) -> re.Pattern[str]:
    words = r"[\s\u00a0]+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
