"""The page on which criteria, weights and method are tried on made-up bids.

Its form is sent by GET and stores nothing: the address is what was tried. Only taking over the
weights writes, by the use case that the page of the criteria calls too.
"""

import uuid
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy, queries, service
from challenges.forms.criteria import WeightsForm
from challenges.method.words import Sentence
from challenges.models import Challenge, Stage
from challenges.plan import WEIGHTS_TOTAL, plain
from challenges.readiness.method import of_method
from challenges.sections import edition
from challenges.service.criteria import read_weights
from challenges.simulator import asked as asking
from challenges.simulator import samples, told
from challenges.simulator.asked import Asked
from challenges.simulator.trial import (
    BIDS_MOST,
    Sample,
    Trial,
    answered,
    highest,
    trial_of,
)
from challenges.stages.queries import judged_stage
from challenges.views.room import Page, at_stage, refused
from challenges.words import PRICE_MODEL_WORDS
from marketplace.core import access
from marketplace.core.access import current_settings, requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure
from scoring.explanation import charts
from scoring.explanation.sentences import ranked_by

blueprint = Blueprint("simulator", __name__)

_AT = "/work/challenges/<reference>/write/simulator"
# That of a later stage that is judged; the first stage has the shorter address.
_LATER = "/work/challenges/<reference>/write/stages/<uuid:stage_id>/simulator"


@dataclass(frozen=True)
class _Weighed:
    """A criterion as pictures of totals want it."""

    id: str
    title: str
    weight: str


@blueprint.get(_AT)
@blueprint.get(_LATER)
@requires(Permission.CHALLENGE_WRITE, Permission.CHALLENGE_APPROVE)
def show(reference: str, stage_id: uuid.UUID | None = None) -> Page:
    """Show what the method makes of the bids in the address, and what it would of others."""
    challenge, stage = _load(reference, stage_id)
    asked = _asked(stage)
    changed = _changed(asked, stage)
    if changed is not None:
        query = urlencode(changed.lists(stage), doseq=True)
        return redirect(f"{url_for('simulator.show', **at_stage(challenge, stage))}?{query}", 303)
    return _page(challenge, stage, asked, WeightsForm.over(stage.criteria, seen=_edition(stage)))


@blueprint.post(_AT)
@blueprint.post(_LATER)
@requires(Permission.CHALLENGE_WRITE, Permission.CHALLENGE_APPROVE)
def take_over(reference: str, stage_id: uuid.UUID | None = None) -> Page:
    """Write the weights that were tried into the draft."""
    challenge, stage = _load(reference, stage_id)
    form = WeightsForm.over(stage.criteria, seen=_edition(stage))
    if not form.validate():
        return _page(challenge, stage, _asked(stage), form), 422
    try:
        service.arrange(
            reference,
            form.weights(),
            stage_id=stage_id,
            seen=form.seen.data or None,
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except (Invalid, WrongMoment) as error:
        status = refused(form, error if isinstance(error, WrongMoment) else Invalid(error.message))
        challenge, stage = _load(reference, stage_id)
        if isinstance(error, StaleEdit):
            form.seen.data = _edition(stage)
        return _page(challenge, stage, _asked(stage), form), status
    flash(_("The weights are in the draft now."))
    return redirect(url_for("challenges.criteria", **at_stage(challenge, stage)), 303)


def _load(reference: str, stage_id: uuid.UUID | None) -> tuple[Challenge, Stage]:
    actor = access.current_actor()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True, jointly=True)
    ensure(policy.can_read_own(actor, challenge))
    return challenge, judged_stage(challenge, stage_id)


def _edition(stage: Stage) -> str:
    return edition(read_weights(stage))


def _asked(stage: Stage) -> Asked:
    usual = [replace(sample, name=_say(name)) for name, sample in samples.usual_samples(stage)]
    return asking.read(request.args.to_dict(flat=False), stage, asking.as_typed(stage, usual))


def _changed(asked: Asked, stage: Stage) -> Asked | None:
    """Give what a button that adds or takes away a bid asks for, None where none was pressed."""
    bids = list(asked.bids)
    if "add" in request.args and len(bids) < BIDS_MOST:
        added: Sample = replace(samples.new_sample(stage), name=_say(samples.NEW))
        return replace(asked, bids=(*bids, asking.typed_bid(added)))
    gone = request.args.get("remove", "")
    if gone.isascii() and gone.isdigit() and 1 <= int(gone) <= len(bids) and len(bids) > 1:
        del bids[int(gone) - 1]
        return replace(asked, bids=tuple(bids))
    return replace(asked) if {"add", "remove"} & set(request.args) else None


def _page(challenge: Challenge, stage: Stage, asked: Asked, form: WeightsForm) -> str:
    now = access.clock().now()
    lacking = [finding for finding in of_method(stage) if finding.needed]
    questions = answered(stage)
    facts: dict[str, Any] = {}
    if questions and not lacking and not asked.faults:
        facts = _facts(stage, asked)
    return render_template(
        "challenges/simulator/show.html",
        challenge=challenge,
        stage=stage,
        at=at_stage(challenge, stage),
        again={**at_stage(challenge, stage), **asked.lists(stage)},
        asked=asked,
        form=form,
        questions=[(each, highest(each)) for each in questions],
        lacking=lacking,
        priced=asking.is_priced(stage),
        fingerprint=asking.fingerprint(stage),
        model=PRICE_MODEL_WORDS[stage.price_model],
        most=BIDS_MOST,
        may_write=policy.can_write(access.current_actor(), challenge, now).allowed,
        **facts,
    )


def _facts(stage: Stage, asked: Asked) -> dict[str, Any]:
    """Work out what the result shows."""
    weights, bids = asked.numbers(stage)
    trial = trial_of(stage, weights, bids)
    names = [bid.name for bid in bids]
    money = current_app.jinja_env.filters["money"]
    currency = stage.challenge.currency
    return {
        "trial": trial,
        "names": {str(place): name for place, name in enumerate(names, 1)},
        "told": told.tell(trial, names, lambda minor: money(minor, currency)),
        "short": told.SHORT,
        "chart": _chart(trial, names),
        "ranked_by": ranked_by(trial.document),
        "sum": plain(sum(weights.values(), start=WEIGHTS_TOTAL * 0)),
        "tried": [(criterion, weights[criterion.key]) for criterion in stage.criteria],
        "differs": any(weights[c.key] != c.weight for c in stage.criteria),
    }


def _chart(trial: Trial, names: list[str]) -> charts.StackedBars:
    return charts.stacked_bars(
        trial.result,
        [_Weighed(c["id"], c["title"], c["weight"]) for c in trial.criteria],
        {str(place): name for place, name in enumerate(names, 1)},
        colour=current_settings().brand_colour,
    )


def _say(sentence: Sentence) -> str:
    return str(_(sentence.message, **sentence.data) if sentence.data else _(sentence.message))
