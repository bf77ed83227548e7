"""What templates can say: instants, money, exact numbers, asset addresses, light Markdown."""

import hashlib
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from flask import Flask, url_for
from markdown_it import MarkdownIt
from markupsafe import Markup

from bids.lifecycle import BID_STATE_WORDS, OPENED_STATES
from challenges.comparing import folded
from challenges.lifecycle import STATE_WORDS
from marketplace.core.dates import (
    format_date,
    format_day,
    format_instant,
    format_short_date,
    time_left,
)
from scoring.panel.lifecycle import SEAT_WORDS

# Raw HTML off; links only to places a browser may safely follow (the library's own rule).
_markdown = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
_markdown.disable(["image", "table", "html_block", "html_inline"])

_TAGS = {"p", "ul", "ol", "li", "strong", "em", "a", "code", "blockquote", "br", "h3", "h4"}


def markdown(text: str | None) -> Markup:
    """Render light Markdown (paragraphs, lists, emphasis, links) as safe HTML.

    Headings begin at the third level, because the page around the text has the first two.
    """
    import nh3

    tokens = _markdown.parse(text or "")
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    return Markup('<div class="fw-prose" dir="auto">' + clean + "</div>")  # noqa: S704  (nh3 has cleaned it)


def money(minor: int | None, currency: str = "GBP") -> str:
    """Write an amount of minor units: £650,000, or £1,250.50 where there are pence."""
    if minor is None:
        return ""
    sign = "−" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 100)
    symbol = {"GBP": "£", "EUR": "€"}.get(currency, currency + " ")
    return f"{sign}{symbol}{whole:,}" + (f".{rest:02d}" if rest else "")


def number(value: Decimal | int | None) -> str:
    """Write an exact decimal without trailing zeros."""
    if value is None:
        return ""
    return f"{Decimal(value):f}"


def iso(instant: datetime) -> str:
    """Write an instant for a machine, as in `<time datetime>`."""
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def register(app: Flask) -> None:
    """Give all templates these filters and functions."""

    def asset(filename: str) -> str:
        """Give an asset's address with its digest, so that a new version is fetched at once."""
        path = Path(app.static_folder or "") / filename
        if not path.exists():
            return url_for("static", filename=filename)
        return url_for("static", filename=filename, v=_digest(path, path.stat().st_mtime_ns))

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.filters.update(
        folded=folded,
        markdown=markdown,
        money=money,
        number=number,
        instant=format_instant,
        day=format_date,
        short_day=format_short_date,
        weekday=format_day,
        iso=iso,
    )
    app.jinja_env.globals["state_words"] = STATE_WORDS
    app.jinja_env.globals["bid_state_words"] = BID_STATE_WORDS
    app.jinja_env.globals["bid_opened_states"] = OPENED_STATES
    app.jinja_env.globals["seat_words"] = SEAT_WORDS
    app.jinja_env.globals["time_left"] = time_left
    app.jinja_env.tests["longer_than"] = lambda text, limit: len(text) > limit
