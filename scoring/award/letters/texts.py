"""Writes the letter that tells a bidder without an account how its bid fared, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from challenges.models import Challenge
from marketplace.core.dates import format_instant
from scoring.award.announcing import outcome_words
from scoring.explanation.shortfalls import in_words


def letter(
    challenge: Challenge,
    own: Mapping[str, Any],
    preferred: Sequence[tuple[str, Mapping[str, Any]]],
    criteria: Sequence[Mapping[str, Any]],
    reasons: Mapping[str, Sequence[str]],
    *,
    supplier: str,
    reason: str,
    ends: datetime | None,
) -> str:
    """Write the whole letter: whom the body prefers and why, and the bid's own scores with reasons.

    `own` is the bid's row of the result, `preferred` are those of all preferred bids with their
    suppliers' names, `reason` is why the panel recommends them, `ends` when the standstill does,
    None where none applies.
    """
    others = [(name, row) for name, row in preferred if row["id"] != own["id"]]
    parts = [
        f"{challenge.title} ({challenge.reference})",
        _("To: %(supplier)s (bid %(bid)s)", supplier=supplier, bid=own["id"]),
        outcome_words([name for name, _row in others], own=len(others) < len(preferred)),
        ends and _("No contract is signed before %(instant)s.", instant=format_instant(ends)),
        _standing(own, criteria),
        _("Why the panel recommended that bid:") + f"\n{reason}",
        _("Your scores and the reasons for them:"),
        *(_criterion(each, own, others, reasons.get(each["id"], ())) for each in criteria),
    ]
    if own.get("total"):
        parts.append(
            "\n".join(
                [
                    _("Your total: %(points)s", points=own["total"]["display"]),
                    *(
                        _(
                            "Total of %(name)s: %(points)s",
                            name=name,
                            points=row["total"]["display"],
                        )
                        for name, row in others
                    ),
                ]
            )
        )
    return "\n\n".join([*(part for part in parts if part), challenge.buyer.name])


def _standing(own: Mapping[str, Any], criteria: Sequence[Mapping[str, Any]]) -> str:
    if own.get("rank"):
        return str(_("Your bid was ranked %(rank)s.", rank=own["rank"]))
    said = {
        "below_minimum": _("Your bid was below a minimum."),
        "ineligible": _("Your bid did not meet the requirements."),
        "excluded": _("Your bid was excluded."),
        "withdrawn": _("Your bid was withdrawn."),
    }[own["outcome"]]
    titles = {criterion["id"]: criterion["title"] for criterion in criteria}
    return f"{said} {'; '.join(in_words(own.get('reasons') or (), titles))}".strip()


def _criterion(
    criterion: Mapping[str, Any],
    own: Mapping[str, Any],
    others: Sequence[tuple[str, Mapping[str, Any]]],
    reasons: Sequence[str],
) -> str:
    lines = [
        _(
            "%(criterion)s (weight %(weight)s): %(points)s points",
            criterion=criterion["title"],
            weight=criterion["weight"],
            points=_points(own, criterion),
        ),
        *(f"{name}: {_points(row, criterion)}" for name, row in others),
    ]
    match criterion["kind"]:
        case "price":
            lines.append(_("By the published formula"))
        case "carried":
            lines.append(_("What your bid reached in an earlier stage"))
        case _kind:
            lines.extend(reasons)
    return "\n".join(lines)


def _points(row: Mapping[str, Any], criterion: Mapping[str, Any]) -> str:
    found = (row.get("criteria") or {}).get(criterion["id"])
    return str(found["points"]["display"]) if found and found.get("points") else "–"
