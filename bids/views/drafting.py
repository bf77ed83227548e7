"""Writing a bid: the list of its parts, and a page for each."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bids import drafts, policy, queries, service
from bids.asking import policy as asking
from bids.asking import queries as bid_queries
from bids.asking.lifecycle import QueryState
from bids.asking.models import BidQuery
from bids.documents import Content, Milestone
from bids.drafts import fingerprint
from bids.forms import AdjustmentsForm, DraftForm, MilestonesForm, PriceForm, TermsForm
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid
from bids.renewing import queries as renewals
from bids.renewing.queries import Renewal
from bids.views.room import Page, blueprint, refused
from bids.wording import count_words
from challenges.changing import queries as changes
from challenges.law import rules_on
from challenges.method.words import Sentence, method_sentences
from challenges.models import Stage
from challenges.views.differing import differences, take_both
from challenges.words import price_sentences
from marketplace.core import access, keeping
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.keeping import BOTH
from marketplace.core.permissions import Actor, Permission
from marketplace.core.presence.views import shown_at
from marketplace.core.text import N_


@blueprint.get("/bids/<reference>")
@requires(Permission.BID_DRAFT)
def task_list(reference: str) -> str:
    """Show the parts of a bid, what each still needs, and which version counts."""
    session, actor = db.session(), access.current_actor()
    bid = queries.own_bid(session, reference, actor)
    versions = queries.versions(session, bid)
    return render_template(
        "bids/task_list.html",
        **(draft_facts(bid, actor) if _drafted(bid) else standing_facts(bid, actor)),
        versions=versions,
        counting=next((v for v in versions if v.version == bid.current_version), None),
        asked_of_us=_asked_of(bid),
        form=BaseForm(),
    )


def _asked_of(bid: Bid) -> list[tuple[BidQuery, QueryState]]:
    """Give the queries about a bid and where each stands; before the opening there are none."""
    if bid.state not in OPENED_STATES:
        return []
    now = access.clock().now()
    return [
        (query, asking.standing(query, now)) for query in bid_queries.of_bid(db.session(), bid.id)
    ]


def standing_facts(bid: Bid, actor: Actor) -> dict[str, Any]:
    """Give what every page of a bid shows of how it stands."""
    return {
        "bid": bid,
        "challenge": bid.challenge,
        "closes_at": drafts.closes_at(bid),
        "drafted": _drafted(bid),
        "editable": _editable(bid, actor),
        "renewal": _renewal(bid),
    }


def draft_facts(bid: Bid, actor: Actor) -> dict[str, Any]:
    """Give what the pages about a whole draft show."""
    now = access.clock().now()
    session = db.session()
    declaration = queries.current_declaration(session, bid.supplier_id)
    asked, content = drafts.asked_of(bid.stage), queries.shown_content(session, bid)
    gaps = policy.gaps(
        asked, content, eligible_until=declaration.expires_at if declaration else None, now=now
    )
    return {
        **standing_facts(bid, actor),
        "asked": asked,
        "content": content,
        "declaration": declaration,
        "size": drafts.size_of(declaration) if declaration else None,
        "gaps": gaps,
        "missing": {(gap.part.value, gap.key): gap for gap in gaps},
        "last_change": changes.count(session, bid.challenge),
        "changed_since": changes.after(session, bid.challenge, bid.created_at),
        "left_over": drafts.left_over(session, bid),
        "parts": len(asked.questions) + asked.price + 2,
        "vat_percent": rules_on(now).vat_percent,
        "words": {key: count_words(text) for key, text in content.answers.items()},
    }


@blueprint.route("/bids/<reference>/price", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def price(reference: str) -> Page:
    """Write the price, where the challenge asks for one."""
    actor = access.current_actor()
    bid = queries.own_bid(db.session(), reference, actor)
    asked = drafts.asked_of(bid.stage)
    if not asked.price:
        raise NotFound(N_("This challenge does not ask for a price."))
    if asked.milestones:
        return _milestones(bid, asked, actor)
    form = PriceForm()
    error: Invalid | WrongMoment | None = None
    if request.method == "POST" and form.validate():
        try:
            seen = service.save_price(
                reference, form.price.data, actor=actor, clock=access.clock(), seen=form.seen.data
            )
        except (Invalid, WrongMoment) as refusal:
            error = refusal
            bid = queries.own_bid(db.session(), reference, actor)
        else:
            return keeping.saved(seen) if keeping.scripted() else back_to_list(reference)
    if request.method == "POST" and keeping.scripted():
        return keeping.refused(error) if error else keeping.faulty(form)
    stands = queries.shown_content(db.session(), bid).price_minor
    saved = PriceForm(formdata=None, prefix="saved-", data={"price": stands})
    if request.method == "GET":
        form.price.data, form.seen.data = stands, fingerprint(stands)
    status = status_of(form, error, fingerprint(stands))
    return (
        render_template(
            "bids/price.html",
            **standing_facts(bid, actor),
            sentences=_said_of_price(bid.stage),
            asked=asked,
            form=form,
            vat_percent=rules_on(access.clock().now()).vat_percent,
            stands=stands,
            differences=differences(saved, form) if isinstance(error, StaleEdit) else None,
            presence=shown_at(f"bid:{reference}/price", actor),
        ),
        status,
    )


def _milestones(bid: Bid, asked: policy.Asked, actor: Actor) -> Page:
    """Write the price of each milestone."""
    reference, form = bid.reference, MilestonesForm.of(asked.milestones)()
    error: Invalid | WrongMoment | None = None
    if request.method == "POST" and form.validate():
        pairs = zip(asked.milestones, form.amounts, strict=True)
        try:
            service.save_milestones(
                reference,
                [Milestone(name, field.data) for name, field in pairs],
                actor=actor,
                clock=access.clock(),
                seen=form.seen.data,
            )
        except (Invalid, WrongMoment) as refusal:
            error = refusal
            bid = queries.own_bid(db.session(), reference, actor)
        else:
            return back_to_list(reference)
    content = queries.shown_content(db.session(), bid)
    stands = drafts.as_asked(bid.stage, content).milestones
    mark = service.milestones_mark(stands)
    if request.method == "GET":
        for field, each in zip(form.amounts, stands, strict=True):
            field.data = each.amount_minor
        form.seen.data = mark
    status = status_of(form, error, mark)
    return (
        render_template(
            "attachments/milestones.html",
            **standing_facts(bid, actor),
            sentences=_said_of_price(bid.stage),
            form=form,
            content=drafts.as_asked(bid.stage, content),
            vat_percent=rules_on(access.clock().now()).vat_percent,
            stale=isinstance(error, StaleEdit),
        ),
        status,
    )


@blueprint.route("/bids/<reference>/adjustments", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def adjustments(reference: str) -> Page:
    """Ask for what the supplier needs so that it can take part."""
    actor = access.current_actor()
    bid = queries.own_bid(db.session(), reference, actor)
    form = AdjustmentsForm()
    error: Invalid | WrongMoment | None = None
    if request.method == "POST" and form.validate():
        try:
            service.save_adjustments(
                reference,
                form.text.data or "",
                actor=actor,
                clock=access.clock(),
                seen=form.seen.data,
            )
        except (Invalid, WrongMoment) as refusal:
            error = refusal
            bid = queries.own_bid(db.session(), reference, actor)
        else:
            return back_to_list(reference)
    stands = queries.shown_content(db.session(), bid).adjustments
    if request.method == "GET":
        form.text.data, form.seen.data = stands, fingerprint(stands)
    status = status_of(form, error, fingerprint(stands))
    return (
        render_template(
            "attachments/adjustments.html",
            **standing_facts(bid, actor),
            form=form,
            stands=stands,
            theirs=stands if isinstance(error, StaleEdit) else None,
        ),
        status,
    )


def _said_of_price(stage: Stage) -> list[Sentence]:
    """Say how the price will count, as the challenge's page does."""
    money = current_app.jinja_env.filters["money"]
    return [
        *price_sentences(stage, stage.challenge.currency, money),
        *method_sentences(stage),
    ]


@blueprint.route("/bids/<reference>/terms", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def terms(reference: str) -> Page:
    """Answer for the draft contract, and say how AI was used."""
    actor = access.current_actor()
    bid = queries.own_bid(db.session(), reference, actor)
    form = TermsForm()
    then = request.form.get("then")
    error: Invalid | WrongMoment | None = None
    if request.method == "POST" and then != BOTH and form.validate():
        try:
            seen = service.save_terms(
                reference,
                contract_accepted=form.contract.data == "yes",
                contract_points=form.points.data or "",
                ai_statement=form.ai_statement.data or "",
                actor=actor,
                clock=access.clock(),
                seen=form.seen.data,
            )
        except (Invalid, WrongMoment) as refusal:
            error = refusal
            bid = queries.own_bid(db.session(), reference, actor)
        else:
            return keeping.saved(seen) if keeping.scripted() else back_to_list(reference)
    if request.method == "POST" and keeping.scripted():
        return keeping.refused(error) if error else keeping.faulty(form)
    stands = queries.shown_content(db.session(), bid)
    showing = {
        "contract": {True: "yes", False: "no", None: None}[stands.contract_accepted],
        "points": stands.contract_points,
        "ai_statement": stands.ai_statement,
    }
    saved = TermsForm(formdata=None, prefix="saved-", data=showing)
    if request.method == "GET":
        form = TermsForm(data={**showing, "seen": _terms_mark(stands)})
    elif then == BOTH:
        take_both(saved, form)
        form.seen.data = _terms_mark(stands)
    status = status_of(form, error, _terms_mark(stands))
    return (
        render_template(
            "bids/terms.html",
            **standing_facts(bid, actor),
            form=form,
            stands=stands,
            differences=differences(saved, form) if isinstance(error, StaleEdit) else None,
            merged=then == BOTH,
            presence=shown_at(f"bid:{reference}/terms", actor),
        ),
        status,
    )


def status_of(form: DraftForm, error: Invalid | WrongMoment | None, stands: str) -> int:
    """Give the status of a page shown again; after another's change the next save is knowing."""
    if error is not None:
        if isinstance(error, StaleEdit):
            form.seen.data = stands
        return refused(form, error)
    return 422 if form.errors else 200


def _drafted(bid: Bid) -> bool:
    return bid.draft_key_id is not None


def _editable(bid: Bid, actor: Actor) -> bool:
    now = access.clock().now()
    return policy.can_edit(actor, bid.challenge.state, bid.stage.closes_at, now).allowed


def _renewal(bid: Bid) -> Renewal | None:
    """Say whether a change asks for a submitted bid to be confirmed, or it lapsed without."""
    if bid.state is not BidState.SUBMITTED:
        return None
    return renewals.renewals(db.session(), [bid.id], access.clock().now()).get(bid.id)


def _terms_mark(content: Content) -> str:
    return fingerprint(content.contract_accepted, content.contract_points, content.ai_statement)


def back_to_list(reference: str) -> Page:
    """Say that a part is saved, on the list of all parts."""
    flash(_("Saved."))
    return redirect(url_for("bids.task_list", reference=reference), 303)
