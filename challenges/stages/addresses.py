"""Addresses of pages that every judged stage of a challenge has: the first stage's are short.

`/work/challenges/<reference>/panel` is the first stage's page, and that of the second is
`/work/challenges/<reference>/stages/2/panel`. Views are given the `Place` as `at`, and addresses
that they and their templates write stay at the stage that is asked for.
"""

from typing import Any

from flask import Blueprint, has_request_context, request

from challenges.stages.place import FIRST, Place

CHALLENGE = "/work/challenges/<reference>"
_STAGE = f"{CHALLENGE}/stages/<int:stage>"


class StagedBlueprint(Blueprint):
    """A blueprint whose pages about a challenge are there for each of its stages.

    `below` comes after the challenge's own address in all of them; where it is None, each rule is
    a whole address. Addresses that are not about a challenge stay as they are.
    """

    def __init__(self, name: str, import_name: str, below: str | None = None) -> None:
        super().__init__(name, import_name)
        self._before = "" if below is None else CHALLENGE + below
        self.url_value_preprocessor(_to_place)
        self.url_defaults(_stay)
        self.context_processor(_told)

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Register a page at its address, and about a challenge at its later stages' too."""
        rule = self._before + rule
        if not rule.startswith(CHALLENGE):
            super().add_url_rule(rule, *args, **options)
            return
        # The longer address of the first stage leads to the shorter one.
        super().add_url_rule(rule, *args, defaults={"stage": FIRST}, **options)
        super().add_url_rule(_STAGE + rule.removeprefix(CHALLENGE), *args, **options)


def place_asked() -> Place | None:
    """Give where the page that is asked for is; None for one that no stage has."""
    if not has_request_context():
        return None
    at = (request.view_args or {}).get("at")
    return at if isinstance(at, Place) else None


def _told() -> dict[str, Any]:
    """Let pages say which stage they are about."""
    at = place_asked()
    return {"stage_asked": at.stage if at else FIRST}


def _to_place(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values is not None and "stage" in values:
        values["at"] = Place(values.pop("reference"), values.pop("stage"))


def _stay(_endpoint: str, values: dict[str, Any]) -> None:
    at = place_asked()
    if at is not None and values.get("reference") == at.reference:
        values.setdefault("stage", at.stage)
