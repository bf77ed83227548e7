"""Writing the parts of a bid beside its answers: price, adjustments, contract and use of AI.

Each is one form, and all go one way: saved by a person or by the page's own script, shown again
where it is refused, and held against what a colleague saved meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request

from bids import drafts, queries, service
from bids.documents import Content, Milestone
from bids.drafts import fingerprint
from bids.forms import AdjustmentsForm, DraftForm, MilestonesForm, PriceForm, TermsForm
from bids.models import Bid
from bids.views.drafting import back_to_list, standing_facts, status_of
from bids.views.room import Page, blueprint
from challenges.law import rules_on
from challenges.method.words import method_sentences
from challenges.views.differing import differences, take_both
from challenges.words import price_sentences
from marketplace.core import access, keeping
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.keeping import BOTH
from marketplace.core.permissions import Permission
from marketplace.core.presence.views import shown_at
from marketplace.core.text import N_


@dataclass(frozen=True)
class Part:
    """How one part is asked for, saved and shown; `name` tells it from the others of its bid.

    `values` gives what the form's fields hold of a bid, `mark` the fingerprint by which a change
    of somebody else is told. `save` takes the form, then by name the actor, the clock and the
    mark that the page showed, and gives the new mark.
    """

    name: str
    template: str
    form: type[DraftForm]
    values: Callable[[Content], Mapping[str, Any]]
    mark: Callable[[Content], str]
    save: Callable[..., str]


@blueprint.route("/bids/<reference>/price", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def price(reference: str) -> Page:
    """Write the price, or that of each milestone, where the challenge asks for one."""
    bid = queries.own_bid(db.session(), reference, access.current_actor())
    asked = drafts.asked_of(bid.stage)
    if not asked.price:
        raise NotFound(N_("This challenge does not ask for a price."))
    part = Part(
        "price",
        "bids/price.html",
        PriceForm,
        lambda content: {"price": content.price_minor},
        lambda content: fingerprint(content.price_minor),
        lambda form, **by: service.save_price(reference, form.price.data, **by),
    )
    return _write(
        reference,
        _milestones(reference, asked.milestones) if asked.milestones else part,
        **_said_of_price(bid),
    )


def _milestones(reference: str, names: Sequence[str]) -> Part:
    def save(form: Any, **by: Any) -> str:
        pairs = zip(names, form.amounts, strict=True)
        priced = [Milestone(name, field.data) for name, field in pairs]
        return service.save_milestones(reference, priced, **by)

    return Part(
        "price",
        "attachments/milestones.html",
        MilestonesForm.of(names),
        lambda content: {f"m{at}": it.amount_minor for at, it in enumerate(content.milestones)},
        lambda content: service.milestones_mark(content.milestones),
        save,
    )


def _said_of_price(bid: Bid) -> dict[str, Any]:
    """Say how the price will count, as the challenge's page does."""
    stage, money = bid.stage, current_app.jinja_env.filters["money"]
    return {
        "sentences": [
            *price_sentences(stage, bid.challenge.currency, money),
            *method_sentences(stage),
        ],
        "vat_percent": rules_on(access.clock().now(), bid.challenge.buyer.regime).vat_percent,
    }


@blueprint.route("/bids/<reference>/adjustments", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def adjustments(reference: str) -> Page:
    """Ask for what the supplier needs so that it can take part."""
    part = Part(
        "adjustments",
        "attachments/adjustments.html",
        AdjustmentsForm,
        lambda content: {"text": content.adjustments},
        lambda content: fingerprint(content.adjustments),
        lambda form, **by: service.save_adjustments(reference, form.text.data or "", **by),
    )
    return _write(reference, part)


@blueprint.route("/bids/<reference>/terms", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def terms(reference: str) -> Page:
    """Answer for the draft contract, and say how AI was used."""

    def save(form: Any, **by: Any) -> str:
        return service.save_terms(
            reference,
            contract_accepted=form.contract.data == "yes",
            contract_points=form.points.data or "",
            ai_statement=form.ai_statement.data or "",
            **by,
        )

    part = Part(
        "terms",
        "bids/terms.html",
        TermsForm,
        lambda content: {
            "contract": {True: "yes", False: "no", None: None}[content.contract_accepted],
            "points": content.contract_points,
            "ai_statement": content.ai_statement,
        },
        lambda content: fingerprint(
            content.contract_accepted, content.contract_points, content.ai_statement
        ),
        save,
    )
    return _write(reference, part)


def _write(reference: str, part: Part, **shown: Any) -> Page:
    """Save what was sent of a part, or show its page: as it stands, or again with what was sent."""
    session, actor, form = db.session(), access.current_actor(), part.form()
    both = request.form.get("then") == BOTH
    error: Invalid | WrongMoment | None = None
    if request.method == "POST" and not both and form.validate():
        try:
            seen = part.save(form, actor=actor, clock=access.clock(), seen=form.seen.data)
        except (Invalid, WrongMoment) as refusal:
            error = refusal
        else:
            return keeping.saved(seen) if keeping.scripted() else back_to_list(reference)
    if request.method == "POST" and keeping.scripted():
        return keeping.refused(error) if error else keeping.faulty(form)
    bid = queries.own_bid(session, reference, actor)
    content = drafts.as_asked(bid.stage, queries.shown_content(session, bid))
    values, mark = part.values(content), part.mark(content)
    saved = part.form(formdata=None, prefix="saved-", data=values)
    if request.method == "GET":
        form = part.form(formdata=None, data={**values, "seen": mark})
    elif both:
        take_both(saved, form)
        form.seen.data = mark
    status = status_of(form, error, mark)
    facts = {
        **standing_facts(bid, actor),
        "form": form,
        "kept_name": f"bid:{reference}/{part.name}",
        "content": content,
        "differences": differences(saved, form) if isinstance(error, StaleEdit) else None,
        "merged": both,
        "presence": shown_at(f"bid:{reference}/{part.name}", actor),
    }
    return render_template(part.template, **facts, **shown), status
