"""Gives how far the value of a contract may go by the law and by what was published."""

from collections.abc import Mapping, Sequence

from challenges.law import Law, lifted_by
from challenges.models import Challenge
from marketplace.core.regimes.notice_forms import ChangeGround
from scoring.award.contracts.queries import Kept


def ceiling(challenge: Challenge, law: Law) -> int | None:
    """Give the first total value, in minor units, at which a stricter band would have held.

    None above all bands, and where the route takes the purchase out of the rules of all of them.
    """
    body_type = challenge.buyer.body_type
    if body_type is None or lifted_by(law, challenge.legal_route) is not None:
        return None
    regime = law.regime
    place = [band.key for band in regime.bands].index(law.band.key)
    # The smallest whole number of minor units that, counted, reaches the threshold.
    return min(
        (
            -(-band.from_pounds[body_type] * 100 * 100 // regime.counted(band, 1))
            for band in regime.bands[place + 1 :]
        ),
        default=None,
    )


def options_left(
    kept: Kept, all_kept: Sequence[Kept], grounds: Mapping[str, ChangeGround]
) -> int | None:
    """Give what is left of the options that were published for a contract's stage of work."""
    work = kept.contract.work_stage
    if work is None or work.options_minor is None:
        return None
    used = sum(
        change.value_after_minor - change.value_before_minor
        for each in all_kept
        if each.contract.work_stage_id == work.id
        for change in each.holding
        if (ground := grounds.get(change.ground or "")) is not None and ground.foreseen
    )
    return work.options_minor - used
