"""The stages of a challenge within its one chain. Pure.

An entry about a stage after the first names it in its field `stage`; none means the first. Such a
stage begins with `stage.opened`, to which suppliers were invited before. The rules are those of
`docs/verification.md`, section 11.
"""

from collections.abc import Iterator, Mapping, Sequence

from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.told import Told, Unfit
from marketplace.core.text import N_

FIRST = 1

STAGE_OPENED = "stage.opened"
INVITED = "bids.invited"
TAKEN_BACK = "advance.taken_back"
HEARD = "heard"

_PLANS = frozenset({"challenge.published", "challenge.changed"})
_SUBMITTED, _OPENED = "bid.submitted", "bids.opened"
# What there can be of a stage only once it has begun.
_WITHIN = frozenset(
    {
        *(_SUBMITTED, "bid.withdrawn", "deadline.extended", "challenge.closed"),
        *("challenge.reopened", "opening.confirmed", _OPENED, "bid.read"),
    }
)


def stage_of(fields: Mapping[str, object]) -> int:
    """Give which stage an entry is about by its fields, which the log itself wrote."""
    said = fields.get("stage", FIRST)
    return said if isinstance(said, int) and not isinstance(said, bool) else FIRST


def of_stage(fields: Mapping[str, object], ordinal: int) -> bool:
    """Tell whether an entry is about the stage of this number."""
    return stage_of(fields) == ordinal


def parts(chain: Sequence[Told]) -> dict[int, list[Told]]:
    """Part a chain into the entries of each stage that it tells of, the first stage always.

    Raises:
        Unshown: a stage is withheld.
        Unfit: a stage is no number from 2 on, so that what it hides would be checked with none.
    """
    found: dict[int, list[Told]] = {FIRST: []}
    for each in chain:
        number = FIRST
        if "stage" in each.entry.fields:
            number = each.number("stage")
            if number <= FIRST:
                raise Unfit(each, "stage")
        found.setdefault(number, []).append(each)
    return dict(sorted(found.items()))


def is_heard(begun: Told) -> bool:
    """Tell whether the suppliers of a stage are heard, and write nothing.

    Raises:
        Unshown, Unfit: the entry that opened it does not say.
    """
    return begun.text("source") == HEARD


def begun(chain: Sequence[Told], number: int, part: Sequence[Told]) -> Iterator[Finding]:
    """Say what cannot be of how a stage after the first began, and of who takes part in it.

    `part` are its own entries in the chain.

    Raises:
        Unshown, Unfit: a value that this rests on is withheld, or is none.
    """
    opened = [each for each in part if each.action == STAGE_OPENED]
    first = opened[0].n if opened else None
    for each in part:
        if each.action in _WITHIN and (first is None or each.n < first):
            yield failed(
                N_("It is about stage %(stage)s, which had not been opened"),
                each.where,
                stage=number,
            )
    for again in opened[1:]:
        yield failed(N_("The stage was opened before, in entry %(n)s"), again.where, n=first)
    if not opened:
        return
    yield from _as_planned(chain, opened[0])
    yield from _invited(chain, number, part, opened[0])


def _as_planned(chain: Sequence[Told], opened: Told) -> Iterator[Finding]:
    plans = [each for each in chain if each.action in _PLANS and each.n < opened.n]
    if not plans or plans[-1].digest("plan") != opened.digest("plan"):
        yield failed(
            N_("The stage was opened by another plan than the one that holds"), opened.where
        )


def _invited(
    chain: Sequence[Told], number: int, part: Sequence[Told], opened: Told
) -> Iterator[Finding]:
    """Find suppliers that take part and were not invited, or invited before bids were opened."""
    invited = [each for each in part if each.action == INVITED]
    back = [each.n for each in chain if each.action == TAKEN_BACK and _before(each, number)]
    # Each list of who goes on but the last was taken back before there was another.
    ends = [*(each.n for each in invited[1:]), opened.n]
    lists = [any(each.n < n < end for n in back) for each, end in zip(invited, ends, strict=False)]
    invited = invited[-1:] if lists == [True] * (len(lists) - 1) + [False] else []
    if not invited or invited[0].n > opened.n:
        yield failed(N_("Nobody had been invited to the stage, or more than once"), opened.where)
        return
    earlier = [each for each in chain if each.n < invited[0].n and _before(each, number)]
    sealed = {stage_of(each.shown) for each in earlier if each.action == _SUBMITTED}
    read = {stage_of(each.shown) for each in earlier if each.action == _OPENED}
    if sealed - read:
        yield failed(
            N_("Suppliers were invited to the stage before the bids before it were opened"),
            invited[0].where,
        )
    submitted = {each.text("bid"): each for each in part if each.action == _SUBMITTED}
    if len(submitted) > invited[0].number("count"):
        yield failed(N_("More bids were submitted than suppliers invited"), invited[0].where)
    named = invited[0].known("bids")
    if isinstance(named, dict):
        for bid in sorted(submitted.keys() - set(named.values())):
            yield failed(
                N_("Bid %(bid)s was submitted in a stage to which it was not invited"),
                submitted[bid].where,
                bid=bid,
            )


def _before(each: Told, number: int) -> bool:
    return stage_of(each.shown) < number
