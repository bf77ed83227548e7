"""Pages of the comments on a draft: all of it, one section, and resolving a thread."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import HiddenField, TextAreaField

from challenges.queries import own_challenge
from challenges.reviewing import policy, queries, service
from challenges.sections import SECTION_WORDS, Section
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_

blueprint = Blueprint("reviewing", __name__)

_AT = "/work/challenges/<reference>/comments"


class CommentForm(BaseForm):
    """A comment, or a reply in the thread that is named."""

    thread = HiddenField()
    text = TextAreaField(
        _l("Your comment"),
        widget=GovTextArea(),
        description=_l("What should change, and why. At most 5,000 characters."),
    )

    @property
    def thread_id(self) -> uuid.UUID | None:
        """Give the thread that is answered, or nothing for a new one.

        Raises:
            NotFound: what was sent names none.
        """
        if not self.thread.data:
            return None
        try:
            return uuid.UUID(self.thread.data)
        except ValueError:
            raise NotFound(N_("There is no such comment.")) from None


class ResolveForm(BaseForm):
    """Resolving a thread, or opening it again."""

    resolved = HiddenField()


@blueprint.get(_AT)
@requires(Permission.CHALLENGE_WRITE, Permission.RECORD_AUDIT)
def index(reference: str) -> str:
    """List the sections with what is open there."""
    actor, session = access.current_actor(), db.session()
    challenge = own_challenge(session, reference, actor)
    ensure(policy.can_read(actor, challenge))
    return render_template(
        "reviewing/index.html",
        challenge=challenge,
        counts=queries.open_counts(session, challenge),
        sections=SECTION_WORDS,
    )


@blueprint.route(f"{_AT}/<section>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE, Permission.RECORD_AUDIT)
def section(reference: str, section: str) -> Page:
    """Show the comments on a section, and add one."""
    if section not in set(Section):
        raise NotFound(N_("There is no such section."))
    part, form = Section(section), CommentForm()
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    ensure(policy.can_read(actor, challenge))
    status = 200
    if request.method == "POST":
        ensure(policy.can_comment(actor, challenge, clock.now()))
        status = 422
        if form.validate():
            try:
                service.comment(
                    reference,
                    part,
                    text=form.text.data or "",
                    thread_id=form.thread_id,
                    actor=actor,
                    clock=clock,
                )
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
                challenge = own_challenge(session, reference, actor)
            else:
                flash(_("Your comment is there. The others are told by e-mail."))
                return redirect(
                    url_for("reviewing.section", reference=reference, section=section), 303
                )
    page = render_template(
        "reviewing/section.html",
        challenge=challenge,
        section=part,
        heading=SECTION_WORDS[part],
        threads=queries.threads(session, challenge, part),
        form=form,
        may_comment=policy.can_comment(actor, challenge, clock.now()),
    )
    return page, status


@blueprint.post(f"{_AT}/threads/<uuid:thread_id>")
@requires(Permission.CHALLENGE_WRITE)
def resolve(reference: str, thread_id: uuid.UUID) -> Page:
    """Resolve a thread, or open it again."""
    form = ResolveForm()
    resolved = form.resolved.data != "no"
    part = service.resolve(
        reference,
        thread_id,
        resolved=resolved,
        actor=access.current_actor(),
        clock=access.clock(),
    )
    flash(_("Resolved.") if resolved else _("Open again."))
    return redirect(url_for("reviewing.section", reference=reference, section=part), 303)
