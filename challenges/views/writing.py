"""Pages on which a draft is begun and written, section by section."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy, queries, readiness, service
from challenges.drafting.kinds import Colleague
from challenges.drafting.queries import colleagues
from challenges.forms.sections import FORMS, SectionForm
from challenges.forms.sections.money import MoneyForm
from challenges.forms.steps import CreateForm
from challenges.law import route_meanings, route_names, usual_closing
from challenges.models import Challenge
from challenges.reviewing import queries as reviewing
from challenges.sections import (
    LEAD_ONLY,
    SECTION_GROUPS,
    SECTION_WORDS,
    Content,
    Money,
    Section,
    Timeline,
    edition,
    is_empty,
)
from challenges.stages import library
from challenges.stages.queries import saved_templates
from challenges.stages.service import begin
from challenges.views.differing import differences, take_both
from challenges.views.recorded import recorded_of
from challenges.views.room import Page, blueprint, law_now, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.keeping import BOTH
from marketplace.core.permissions import Permission, ensure
from marketplace.core.presence.views import shown_at
from marketplace.core.text import N_


class _Item(NamedTuple):
    """A section in the task list, with what it lacks and where it could be better."""

    section: Section
    words: str
    empty: bool
    lacking: Sequence[readiness.Finding]
    advice: Sequence[readiness.Finding]

    @classmethod
    def of(
        cls, challenge: Challenge, section: Section, findings: Sequence[readiness.Finding]
    ) -> "_Item":
        mine = [finding for finding in findings if finding.section is section]
        return cls(
            section,
            SECTION_WORDS[section],
            section in FORMS and is_empty(service.read(challenge, section)),
            [finding for finding in mine if finding.needed],
            [finding for finding in mine if not finding.needed],
        )


@blueprint.get("/work/challenges")
@requires(Permission.CHALLENGE_READ_OWN)
def own() -> str:
    """List all challenges of the body, in every state."""
    page = queries.own_page(
        db.session(),
        access.current_actor(),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template("challenges/own.html", page=page)


@blueprint.route("/work/challenges/new", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def create() -> Page:
    """Begin a challenge with its question, and with a template of stages if one is wanted."""
    form = CreateForm()
    meanings = _offer_templates(form)
    status = 200 if request.method == "GET" else 422
    if form.validate_on_submit():
        try:
            reference = begin(
                actor=access.current_actor(),
                clock=access.clock(),
                title=form.title.data or "",
                template=form.template.data or None,
            )
        except Invalid as error:
            status = refused(form, error)
        else:
            return redirect(url_for("similar.show", reference=reference), 303)
    return render_template("challenges/create.html", form=form, meanings=meanings), status


@blueprint.get("/work/challenges/<reference>/write")
@requires(Permission.CHALLENGE_WRITE)
def write(reference: str) -> str:
    """Show the sections of a draft as a task list, with what each still lacks."""
    actor, now = access.current_actor(), access.clock().now()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True, jointly=True)
    findings = readiness.check(challenge, now)
    leads = challenge.buyer_id == actor.organisation_id
    shown = set(Section) if leads else set(Section) - LEAD_ONLY
    return render_template(
        "challenges/write.html",
        challenge=challenge,
        state=policy.current_state(challenge, now),
        may_write=policy.can_write(actor, challenge, now).allowed,
        groups=[
            (heading, [_Item.of(challenge, each, findings) for each in sections if each in shown])
            for heading, sections in SECTION_GROUPS.items()
            if shown & set(sections)
        ],
        leads=leads,
        needed=[each for each in findings if each.needed and each.section in shown],
        comments=reviewing.open_counts(db.session(), challenge),
        comment_sections=SECTION_WORDS,
    )


@blueprint.route("/work/challenges/<reference>/write/<section>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def section(reference: str, section: str) -> Page:
    """Write one section; the criteria have pages of their own."""
    if section not in set(Section) or (part := Section(section)) not in FORMS:
        raise NotFound(N_("There is no such section."))
    actor, clock = access.current_actor(), access.clock()
    challenge = _challenge(reference, part)
    present = service.read(challenge, part)
    people = colleagues(db.session(), challenge.buyer_id) if part is Section.TEAM else ()
    form = _form_showing(part, present, people)
    if isinstance(form, MoneyForm) and (rules := challenge.buyer.regime):
        form.name_routes(route_names(rules), route_meanings(rules))
    status, stale = 200, False
    merged = request.form.get("then") == BOTH
    if request.method == "GET" or merged:
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.save(
                reference, form.content(), seen=form.seen.data or None, actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status, stale = refused(form, error), isinstance(error, StaleEdit)
            challenge = _challenge(reference, part)
            present = service.read(challenge, part)
        else:
            flash(_("Saved: %(section)s.", section=_(SECTION_WORDS[part])))
            return redirect(url_for("challenges.write", reference=reference), 303)
    if merged:
        take_both(_shown(part, present, people), form)
    if stale or merged:
        # The writer is shown what is saved now, so saving again overwrites with open eyes.
        form.seen.data = edition(present)
    page = render_template(
        f"challenges/write_{part}.html",
        challenge=challenge,
        form=form,
        heading=SECTION_WORDS[part],
        threads=reviewing.threads(db.session(), challenge, part),
        comments_on=part,
        differences=differences(_shown(part, present, people), form) if stale else None,
        merged=merged,
        presence=shown_at(f"draft:{reference}/{part}", actor),
        law=law_now(challenge),
    )
    return page, status


@blueprint.get("/work/challenges/<reference>/record")
@requires(Permission.CHALLENGE_READ_OWN)
def record(reference: str) -> str:
    """Show what the body wrote of a challenge for itself, in every state."""
    actor = access.current_actor()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
    ensure(policy.can_read_own(actor, challenge))
    return render_template("challenges/record.html", challenge=challenge, **recorded_of(challenge))


def _offer_templates(form: CreateForm) -> dict[str, str]:
    """Offer the templates that there are, and give what each is good for, by its key."""
    saved = saved_templates(db.session(), access.current_actor())
    form.template.choices = [
        *((key, _(each.name)) for key, each in library.templates().items()),
        *((str(each.id), each.name) for each in saved),
        ("", _("Start empty")),
    ]
    return {
        **{key: each.good_for for key, each in library.templates().items()},
        **{str(each.id): N_("A template that your organisation keeps.") for each in saved},
        "": N_("One written application without questions. You add what you need."),
    }


def _challenge(reference: str, part: Section) -> Challenge:
    """Give a draft whose section the actor may look for: some are the lead body's alone."""
    return queries.own_challenge(
        db.session(),
        reference,
        access.current_actor(),
        whole=True,
        jointly=part not in LEAD_ONLY,
    )


def _form_showing(part: Section, content: Content, colleagues: Sequence[Colleague]) -> SectionForm:
    """Make the section's form, showing what is saved where nothing was sent."""
    kind = FORMS[part]
    data = kind.data_of(content)
    if isinstance(content, Timeline) and content.closes_at is None:
        data["closes_at"] = usual_closing(access.clock().now())
    form = kind(data={**data, "seen": edition(content)})
    form.offer_colleagues(colleagues)
    if isinstance(form, MoneyForm) and isinstance(content, Money):
        form.offer(content.price_model)
    return form


def _shown(part: Section, content: Content, colleagues: Sequence[Colleague]) -> SectionForm:
    """Make a form of what is saved, only to be read, whatever was sent."""
    form = FORMS[part](formdata=None, prefix="saved-", data=FORMS[part].data_of(content))
    form.offer_colleagues(colleagues)
    if isinstance(form, MoneyForm) and isinstance(content, Money):
        form.offer(content.price_model)
    return form
