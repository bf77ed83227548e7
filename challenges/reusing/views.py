"""Pages on which a body copies another's challenge, writes to it, and adopts its result."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import queries as challenges
from challenges.reusing import policy, queries, service
from challenges.reusing.forms import AdoptForm, ContactForm
from challenges.stages.kinds import LATER_WORDS
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.rows import ensure_meets_bodies
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("reusing", __name__)

_AT = "/work/challenges/<reference>"


@blueprint.route(f"{_AT}/copy", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def copy(reference: str) -> Page:
    """Say what a copy takes over, then begin a draft as one."""
    form = BaseForm()
    if form.validate_on_submit():
        made = service.copy(reference, actor=access.current_actor(), clock=access.clock())
        flash(_("The draft is begun as a copy. Change whatever is different for you."))
        return redirect(url_for("similar.show", reference=made), 303)
    challenge = challenges.published_challenge(db.session(), reference)
    return render_template("challenges/reusing/copy.html", challenge=challenge, form=form)


@blueprint.route(f"{_AT}/contact", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def contact(reference: str) -> Page:
    """Write to the organisation whose challenge it is."""
    actor = access.current_actor()
    challenge = challenges.published_challenge(db.session(), reference)
    form = ContactForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_contact(actor, challenge))
        ensure_meets_bodies(db.session(), actor)
    else:
        try:
            service.contact(reference, text=form.text.data or "", actor=actor, clock=access.clock())
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = challenges.published_challenge(db.session(), reference)
        else:
            flash(_("Sent. They answer to your e-mail address."))
            return redirect(url_for("challenges.show", reference=reference), 303)
    page = render_template("challenges/reusing/contact.html", challenge=challenge, form=form)
    return page, status


@blueprint.route(f"{_AT}/adopt", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def adopt(reference: str) -> Page:
    """Show what the terms say of later purchases, and take a body's wish to use the result."""
    session, actor = db.session(), access.current_actor()
    challenge = challenges.public_challenge(session, reference)
    form = AdoptForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_adopt(actor, challenge))
        ensure_meets_bodies(session, actor)
    else:
        try:
            service.adopt(
                reference, interest=form.interest.data or "", actor=actor, clock=access.clock()
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = challenges.public_challenge(session, reference)
        else:
            flash(_("Registered. The lead organisation was told."))
            return redirect(url_for("challenges.show", reference=reference), 303)
    present = queries.adoption(session, challenge, actor.organisation_id)
    if request.method == "GET" and present is not None:
        form.interest.data = present.interest
    page = render_template(
        "challenges/reusing/adopt.html",
        challenge=challenge,
        later_words=LATER_WORDS,
        form=form,
        present=present,
    )
    return page, status


@blueprint.post(f"{_AT}/adopt/withdraw")
@requires(Permission.CHALLENGE_WRITE)
def withdraw(reference: str) -> Page:
    """Take back that one's body wants to use the result."""
    service.withdraw(reference, actor=access.current_actor(), clock=access.clock())
    flash(_("Your organisation is no longer listed."))
    return redirect(url_for("challenges.show", reference=reference), 303)
