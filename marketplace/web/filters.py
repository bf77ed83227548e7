"""What templates can say: instants, money, exact numbers, asset addresses, light Markdown."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import gettext as _

from bids.lifecycle import BID_STATE_WORDS
from challenges.comparing import folded
from challenges.lifecycle import state_words
from challenges.stages.standing import STAGE_STATE_WORDS
from marketplace.core.dates import (
    format_date,
    format_day,
    format_instant,
    format_short_date,
    time_left,
)
from marketplace.core.markdown import markdown
from marketplace.core.money import money
from marketplace.core.tables import stacked
from scoring.explanation.shortfalls import in_words
from scoring.panel.lifecycle import SEAT_WORDS


def number(value: Decimal | int | None) -> str:
    """Write an exact decimal without trailing zeros."""
    if value is None:
        return ""
    return f"{Decimal(value):f}"


def round_said(name: str) -> str:
    """Say which round it is: "Round 2" of a bare number, and the name itself where it has words."""
    return str(_("Round %(name)s", name=name)) if name.isdecimal() else name


def iso(instant: datetime) -> str:
    """Write an instant for a machine, as in `<time datetime>`."""
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def shortfalls(reasons: Iterable[str], criteria: Iterable[Mapping[str, Any]]) -> list[str]:
    """Write why a bid is not ranked, with the titles of the criteria of its evaluation document."""
    return in_words(reasons, {criterion["id"]: criterion["title"] for criterion in criteria})


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

    app.jinja_env.globals["stage_url"] = stage_url
    app.jinja_env.globals["stage_state_words"] = STAGE_STATE_WORDS
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
        round_said=round_said,
        shortfalls=shortfalls,
        stacked=stacked,
    )
    app.jinja_env.globals["state_words"] = state_words
    app.jinja_env.globals["bid_state_words"] = BID_STATE_WORDS
    app.jinja_env.globals["seat_words"] = SEAT_WORDS
    app.jinja_env.globals["time_left"] = time_left
    app.jinja_env.tests["longer_than"] = lambda text, limit: len(text) > limit


def stage_url(endpoint: str, reference: str, stage: int) -> str:
    """Give the address of a page of a challenge, at one of its stages where the page has stages."""
    takes = any("stage" in rule.arguments for rule in current_app.url_map.iter_rules(endpoint))
    if takes and stage > 1:
        return url_for(endpoint, reference=reference, stage=stage)
    return url_for(endpoint, reference=reference)
