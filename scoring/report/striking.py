"""Striking withheld names and prices out of text that people wrote.

A reason may say "Kestrel's £48,000 is low": the name and the price are withheld as facts, so they
may not stand in a sentence either. Errs towards striking too much. It knows only what it is told;
a person still reads the reasons before a public edition goes out.
"""

from __future__ import annotations

import re
from typing import Final

from scoring.report.values import Money

STRUCK_PRICE: Final = "[price withheld]"

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

    def _add(self, key: str, pattern: re.Pattern[str], label: str) -> None:
        self._phrases[key] = (pattern, label)

    def __call__(self, text: str) -> str:
        """Return the text with everything struck that was named."""
        for key in sorted(self._phrases, key=lambda key: (-len(key), key)):
            pattern, label = self._phrases[key]
            # A backslash in a label would mean a group to the pattern.
            text = pattern.sub(label.replace("\\", r"\\"), text)
        return text


def _phrase(name: str) -> re.Pattern[str]:
    words = r"[\s\u00a0]+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
