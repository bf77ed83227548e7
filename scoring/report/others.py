"""Says in words who does the work besides the successful bidder, as its bid told it."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from bids.team.document import Member, partners, subcontractors


def others(team: Sequence[Member]) -> str:
    """Name partners and subcontractors with their shares; empty where the bidder is alone."""
    if not team:
        return ""
    said = []
    if joined := partners(team):
        said.append(_("It bids with %(names)s.", names=_named(joined)))
    if hired := subcontractors(team):
        said.append(_("Subcontracted: %(names)s.", names=_named(hired)))
    else:
        said.append(_("No subcontracting was declared."))
    return " ".join(said)


def _named(members: Iterable[Member]) -> str:
    return ", ".join(f"{each.name} ({_share(each.share_percent)})" for each in members)


def _share(percent: int | None) -> str:
    return _("share not known") if percent is None else f"{percent}%"
