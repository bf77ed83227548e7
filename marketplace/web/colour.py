"""Shades of the brand's colour for the site's pages. Pure."""

from collections.abc import Mapping

from marketplace.core.colours import text_on


def shades(colour: str) -> Mapping[str, str]:
    """Give the colour, a darker one for hover, a tint for backgrounds, and its text colour.

    `colour` is `#rrggbb`.
    """
    return {
        "base": colour,
        "dark": _mix(colour, "#000000", 25),
        "tint": _mix(colour, "#ffffff", 92),
        "text": text_on(colour),
    }


def _mix(colour: str, other: str, percent: int) -> str:
    """Mix `percent` of `other` into `colour`."""
    parts = (
        (mine * (100 - percent) + its * percent + 50) // 100
        for mine, its in zip(_parts(colour), _parts(other), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)


def _parts(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
