"""Notes who was refused a page with bids on it: in every room that has such pages."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import Blueprint, Response, request

from bids import service
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.accounts import sessions
from marketplace.core.audit.stages import FIRST

_REFUSED = frozenset({403, 404, 409})


def watch(blueprint: Blueprint, endpoints: Collection[str]) -> None:
    """Record each refusal of these endpoints' pages, by whatever check it was refused.

    The address names the challenge and, where it has one, the bid, by its reference or as the
    panel calls it; below `/bids/` the bid alone.
    A visitor who has not signed in is sent to do so, which is no refusal.
    """
    names = frozenset(endpoints)

    @blueprint.after_request
    def note(response: Response) -> Response:
        if (
            response.status_code in _REFUSED
            and request.endpoint in names
            and request.method in ("GET", "HEAD")
            and (actor := access.optional_actor()) is not None
        ):
            places = request.view_args or {}
            of_bid = request.path.startswith("/bids/")
            service.record_refused_reading(
                response.status_code,
                str(request.endpoint),
                challenge=None if of_bid else _challenge(places),
                bid=places.get("reference")
                if of_bid
                else places.get("bid_reference", places.get("handle")),
                stage=_stage(places),
                actor=actor,
                clock=access.clock(),
            )
        return response


def _stage(places: Mapping[str, Any]) -> int:
    at = places.get("at")
    return at.stage if isinstance(at, Place) else places.get("stage", FIRST)


def _challenge(places: Mapping[str, Any]) -> str | None:
    at = places.get("at")
    return at.reference if isinstance(at, Place) else places.get("reference")


def watch_opening(blueprint: Blueprint, endpoint: str) -> None:
    """Record each refused attempt to open bids by the form of `endpoint`.

    A wrong passphrase is recorded by the view, which alone can tell it from an empty one.
    """

    @blueprint.after_request
    def note(response: Response) -> Response:
        if (
            response.status_code in _REFUSED
            and request.endpoint == endpoint
            and request.method == "POST"
            and (actor := access.optional_actor()) is not None
        ):
            service.record_refused_opening(
                response.status_code,
                challenge=(request.view_args or {}).get("reference"),
                stage=(request.view_args or {}).get("stage", FIRST),
                second_factor=sessions.second_factor_given(),
                actor=actor,
                clock=access.clock(),
            )
        return response
