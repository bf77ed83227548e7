"""The colours of reports and charts: a body's own brand, checked for contrast, and a palette.

Owns the arithmetic of WCAG 2.2 contrast (success criteria 1.4.3 and 1.4.11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

WHITE: Final = "#ffffff"
INK: Final = "#17262b"
READABLE: Final = 4.5

# For criteria after the first, which takes the brand's colour. Each bears white or dark text at a
# contrast of 4.5 or more; parts of a bar are labelled too, so colour never stands alone.
_SERIES: Final = (
    "#c98a2e",
    "#5d4a82",
    "#7ea660",
    "#9c3d4a",
    "#5b97c9",
    "#d9bd5b",
    "#40614a",
    "#c27fa5",
    "#7a4f2b",
    "#8fb3b8",
    "#3b4a66",
)
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose report it is: the service's name, its colour as `#rrggbb`, its public address.

    Raises `ValueError` for a colour of another form.
    """

    name: str = "Fairway"
    colour: str = "#1f5a5a"
    address: str = ""

    def __post_init__(self) -> None:
        if not _HEX.fullmatch(self.colour):
            raise ValueError(f"not a colour like #1f5a5a: {self.colour!r}")

    @property
    def on_colour(self) -> str:
        """The colour of text on the brand's colour."""
        return text_on(self.colour)

    @property
    def ink(self) -> str:
        """The brand's colour where it can be read on white, else the dark of plain text."""
        return self.colour if contrast(self.colour, WHITE) >= READABLE else INK


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21. Source: WCAG 2.2."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background: str) -> str:
    """Return white or the dark of plain text, whichever reads better on a background."""
    return max((WHITE, INK), key=lambda colour: contrast(colour, background))


def series(count: int, first: str) -> tuple[str, ...]:
    """Return `count` colours for the parts of a bar, the brand's first; they repeat after 12."""
    palette = (first, *_SERIES)
    return tuple(palette[index % len(palette)] for index in range(count))


def _luminance(colour: str) -> float:
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
