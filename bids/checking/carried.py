"""The answers of a quick check, carried in the person's own browser and nowhere else.

They stand in the session's signed cookie, which ends with the browser: so a visitor needs no
account, the service keeps nothing about them, and nobody else's answers can be asked for. Only
those of the last check are kept.
"""

from collections.abc import Mapping

from flask import session

from bids.checking.outcome import declared

_KEY = "quick_check"


def keep(challenge: str, answers: Mapping[str, str]) -> None:
    """Keep the answers of a check of a challenge, in place of any before."""
    session[_KEY] = {"challenge": challenge, "answers": dict(answers)}


def kept(challenge: str) -> Mapping[str, str]:
    """Give the answers to a check of this very challenge, empty where there are none."""
    held = session.get(_KEY)
    return held["answers"] if held and held["challenge"] == challenge else {}


def challenge() -> str | None:
    """Give the reference of the challenge that was checked last, None where there is none."""
    held = session.get(_KEY)
    return held["challenge"] if held else None


def known_groups() -> Mapping[str, bool]:
    """Give what the last check says about groups of grounds, to be confirmed by the person."""
    held = session.get(_KEY)
    return declared(held["answers"]) if held else {}


def forget() -> None:
    """Let go of what was answered: it was declared, or its person has left."""
    session.pop(_KEY, None)
