"""Who is above the line that the plan draws, and who may be chosen. Pure.

Bids are named by their references, as in the documents of the engine.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.text import N_

_NO_OTHER = N_(
    "The low price of this bid was not explained, and no other bid can be chosen before it. A "
    "procurement officer decides first whether this bid may go on"
)


@dataclass(frozen=True)
class Line:
    """Who goes on by a result: `above`, best first; those who tie across the line and are not
    decided, for `free` places; and `below`, best first.

    `places` is how many the plan lets go on; None where it leaves nobody out who qualifies.
    """

    above: tuple[str, ...]
    tied: tuple[str, ...]
    free: int
    below: tuple[str, ...]
    places: int | None

    @property
    def decided(self) -> bool:
        """Tell whether it is settled of every bid whether it goes on."""
        return not self.tied


def line_of(evaluation: Mapping[str, Any], result: Mapping[str, Any]) -> Line:
    """Read from a result, and the evaluation document it is of, who goes on."""
    ranked = [bid for bid in result["bids"] if bid["rank"] is not None]
    places = evaluation["method"].get("advance")
    if places is None:
        return Line(tuple(bid["id"] for bid in ranked), (), 0, (), None)
    above = tuple(bid["id"] for bid in ranked if bid["advances"])
    tied = tuple(result["cutoff_tie"])
    return Line(
        above=above,
        tied=tied,
        free=max(int(places) - len(above), 0) if tied else 0,
        below=tuple(bid["id"] for bid in ranked if bid["advances"] is False),
        places=int(places),
    )


def cut_off_fault(
    line: Line, chosen: Collection[str], before: Collection[str] = ()
) -> tuple[str, dict[str, object]] | None:
    """Say what is wrong with a choice among those who tie, with what fills the words.

    `before` are those whom the panel chose of them earlier.
    """
    if not set(chosen) <= set(line.tied):
        return N_("Choose among the bids that tie for the last place"), {}
    if len(set(chosen)) != line.free:
        if line.free == 1:
            return N_("Choose one bid: there is one place left"), {}
        return N_("Choose %(count)d bids: so many places are left"), {"count": line.free}
    if set(chosen) == set(before):
        return N_("These were chosen before. Propose them again, or choose others"), {}
    return None


def winners_most(line: Line) -> int:
    """Give how many bids can be recommended for an award: one, where the plan says nothing."""
    return line.places or 1


def winner_choices(line: Line, result: Mapping[str, Any]) -> Sequence[str]:
    """Give the bids of which some can be recommended for an award, the best first.

    Those who tie across the line are among them: whom of them the panel prefers is its decision,
    and the recommendation says why.
    """
    if line.places is None:
        return list(result["winners"])
    open_to_all = {*line.above, *line.tied}
    return [bid["id"] for bid in result["bids"] if bid["id"] in open_to_all]


def choice_fault(
    line: Line, result: Mapping[str, Any], chosen: Collection[str], refused: Collection[str]
) -> tuple[str, dict[str, object]] | None:
    """Say what is wrong with a recommendation of some bids, with what fills the words.

    `refused` are bids that cannot be recommended though they rank: nobody follows them.
    """
    most = winners_most(line)
    if not chosen or not set(chosen) <= set(winner_choices(line, result)):
        if most == 1:
            return N_("Choose a bid that the result ranks first"), {}
        return N_("Choose bids that are above the line"), {}
    if set(winner_choices(line, result)) <= set(refused):
        return _NO_OTHER, {}
    if set(chosen) & set(refused):
        return N_("The low price of this bid was not explained. Choose another bid"), {}
    if len(set(chosen)) > most:
        return N_("Choose at most %(count)d bids"), {"count": most}
    ranks = {bid["id"]: bid["rank"] for bid in result["bids"] if bid["rank"] is not None}
    last = max(ranks[each] for each in chosen)
    for bid, rank in ranks.items():
        if rank < last and bid not in chosen and bid not in refused:
            return N_("Bid %(bid)s ranks above one that you chose. Choose it too"), {"bid": bid}
    return None
