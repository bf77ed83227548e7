"""What can be recorded, held against what must be, and against what the specification says."""

import re
from pathlib import Path

from flask import Flask

from marketplace.core.audit import log
from marketplace.demonstration import log_words as demonstration

ROOT = Path(__file__).parents[3]
LIST = ROOT / "tests" / "golden" / "actions.txt"
SPECIFICATION = ROOT / "docs" / "verification.md"

# What the design asks the log to hold, part by part.
ASKED = [
    "Publications and changes",
    "Questions and answers",
    "Submission and withdrawal",
    "Deadline changes",
    "Closing",
    "Opening",
    "Every read of a bid by anyone but its supplier",
    "Refusals that concern a bid",
    "Conflict declarations and decisions",
    "Scores",
    "Moderation",
    "Results",
    "Sign-off",
    "Letters",
    "Reports made and downloaded",
    "Role and configuration changes",
    "Erasures",
    "Key changes",
    "Sign-ins and failed sign-ins, as one entry an hour",
]


def listed() -> dict[str, list[str]]:
    """Read the list: its parts, each with its actions and reasons."""
    parts: dict[str, list[str]] = {}
    name = ""
    text = LIST.read_text(encoding="utf-8").split("\n\n", 2)[2]
    for line in text.splitlines():
        if line.startswith("  "):
            parts[name].append(line.strip())
        elif line:
            name = line
            parts[name] = []
    return parts


def recorded() -> set[str]:
    """Name every action of the product; other tests register some of their own."""
    assert demonstration.BEGUN  # imported for its effect
    return {action for action in log.recorded_actions() if not action.startswith("test.")}


def test_actions_asked_for_are_all_recorded_or_have_a_reason(app: Flask) -> None:
    parts = listed()

    assert [part for part in ASKED if not parts.get(part)] == []


def test_actions_recorded_are_all_listed_once_and_no_other(app: Flask) -> None:
    named = [line for lines in listed().values() for line in lines if not line.startswith("- ")]

    assert len(named) == len(set(named))
    assert set(named) == recorded()


def test_actions_in_the_specification_are_those_recorded_with_their_public_fields(
    app: Flask,
) -> None:
    text = SPECIFICATION.read_text(encoding="utf-8").split("<!-- table: actions -->", 1)[1]
    text = text.split("\n## ", 1)[0]
    rows = {
        action: (set(re.findall(r"`(\w+)`", fields)), marks)
        for action, fields, marks in re.findall(
            r"^\| `([\w.]+)` \| ([^|]*) \| ([^|]*) \|$", text, re.MULTILINE
        )
    }

    assert rows == {
        action: (
            set(log.telling(action).public),
            " ".join(
                mark
                for mark, holds in (
                    ("discloses", log.telling(action).discloses),
                    ("checkpoint", log.telling(action).witness),
                )
                if holds
            ),
        )
        for action in recorded()
    }


def test_public_fields_never_say_who_did_it(app: Flask) -> None:
    personal = {
        *("actor", "actor_id", "person", "person_id", "member", "members_id"),
        *("officer", "officer_id", "officers", "proposed_by", "proposed_by_id"),
    }

    assert [a for a in recorded() if log.telling(a).public & personal] == []


def test_what_shows_bids_to_the_panel_alone_discloses_a_chain(app: Flask) -> None:
    disclosing = {action for action in recorded() if log.telling(action).discloses}
    assert disclosing == {"bids.brought", "bids.opened"}


def test_closings_openings_and_decisions_are_witnessed_at_once(app: Flask) -> None:
    at_once = {action for action in recorded() if log.telling(action).witness}

    assert {"challenge.closed", "bids.opened", "intention.announced", "award.approved"} <= at_once
