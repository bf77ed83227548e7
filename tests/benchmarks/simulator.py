"""What a trial costs beside the engine's own result of the same document."""

import random
from decimal import Decimal
from typing import Any

from challenges.kinds import CriterionKind, PriceModel
from challenges.models import Challenge, Criterion, Stage
from challenges.simulator.told import tell
from challenges.simulator.trial import BIDS_MOST, Sample, Trial, trial_of
from scoring.engine import evaluate_document
from tests.benchmarks.engine import quickest

# As much as a page takes, by the formula that moves with every bid.
QUESTIONS = 10


def rows() -> list[dict[str, Any]]:
    """Measure a trial of as many bids as fit, against the result with sensitivity."""
    trial = _trial()
    document = trial.document
    reference = quickest(lambda: evaluate_document(document), 10)
    names = [sample.name for sample in trial.samples]
    told = quickest(lambda: tell(trial.with_samples(trial.samples), names, str), 5)
    name = f"simulator: all that a trial of {BIDS_MOST} bids shows / the engine’s result"
    return [{"name": name, "ratio": round(told / reference, 2), "limit": 30}]


def _trial() -> Trial:
    chance = random.Random(7)  # noqa: S311  (figures to measure with, no secret)
    criteria = [
        Criterion(
            key=f"q{number}",
            kind=CriterionKind.QUALITY,
            title=f"Question {number}",
            weight=Decimal(7),
            max_score=Decimal(10),
        )
        for number in range(QUESTIONS)
    ]
    criteria.append(
        Criterion(key="price", kind=CriterionKind.PRICE, title="Price", weight=Decimal(30))
    )
    stage = Stage(
        price_model=PriceModel.DEVIATION_FROM_MEAN,
        challenge=Challenge(currency="GBP"),
        criteria=criteria,
    )
    samples = [
        Sample(
            f"Bid {number}",
            tuple(Decimal(chance.randint(0, 10)) for _ in range(QUESTIONS)),
            chance.randint(1_000_00, 90_000_00),
        )
        for number in range(BIDS_MOST)
    ]
    return trial_of(stage, {}, samples)
