"""Pages on which a draft takes over a template, and a body keeps templates of its own."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from challenges import policy
from challenges.forms.steps import StepForm
from challenges.stages import library, service
from challenges.stages.forms import TemplateNameForm
from challenges.stages.queries import saved_template, saved_templates, template_named
from challenges.stages.shapes import read
from challenges.stages.views.room import AT, blueprint, own, to_write
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Permission, ensure


@blueprint.get(f"{AT}/templates")
@requires(Permission.CHALLENGE_WRITE)
def choose(reference: str) -> str:
    """Offer the templates that a draft can take over."""
    challenge = to_write(reference)
    saved = saved_templates(db.session(), access.current_actor())
    return render_template(
        "stages/choose.html",
        challenge=challenge,
        templates=library.templates(),
        saved=[(str(each.id), each.name, read(each.content)) for each in saved],
    )


@blueprint.route(f"{AT}/templates/<template>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def apply(reference: str, template: str) -> Page:
    """Say what a template replaces, then replace it."""
    challenge = to_write(reference)
    found = template_named(db.session(), template, access.current_actor())
    form = StepForm(data={"seen": service.edition_of(challenge)})
    status = 200
    if form.is_submitted():
        try:
            service.apply_template(
                reference,
                template,
                seen=form.seen.data or None,
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own(reference)
            if isinstance(error, StaleEdit):
                form.seen.data = service.edition_of(challenge)
        else:
            flash(_("The stages are those of the template now: %(name)s.", name=found.name))
            return redirect(url_for("stages.index", reference=reference), 303)
    page = render_template("stages/apply.html", challenge=challenge, template=found, form=form)
    return page, status


@blueprint.route(f"{AT}/save-template", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def save(reference: str) -> Page:
    """Keep the stages, criteria and terms of a challenge as a template."""
    challenge = own(reference)
    form = TemplateNameForm()
    status = 200
    if form.is_submitted():
        try:
            service.save_template(
                reference, form.name.data or "", actor=access.current_actor(), clock=access.clock()
            )
        except Invalid as error:
            status = refused(form, error)
        else:
            flash(_("Kept as a template: %(name)s.", name=form.name.data))
            return redirect(url_for("stages.kept"), 303)
    return render_template("stages/save.html", challenge=challenge, form=form), status


@blueprint.get("/work/templates")
@requires(Permission.CHALLENGE_WRITE)
def kept() -> str:
    """List the templates that the body keeps."""
    saved = saved_templates(db.session(), access.current_actor())
    return render_template("stages/kept.html", saved=[(each, read(each.content)) for each in saved])


@blueprint.route("/work/templates/<uuid:template_id>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def rename(template_id: uuid.UUID) -> Page:
    """Give a template another name."""
    actor = access.current_actor()
    ensure(policy.can_create(actor))
    template = saved_template(db.session(), template_id, actor)
    form = TemplateNameForm(data={"name": template.name})
    status = 200
    if form.is_submitted():
        try:
            service.rename_template(template_id, form.name.data or "", actor=actor)
        except Invalid as error:
            status = refused(form, error)
        else:
            flash(_("The template has another name now: %(name)s.", name=form.name.data))
            return redirect(url_for("stages.kept"), 303)
    page = render_template(
        "stages/rename.html", form=form, name=template.name, content=read(template.content)
    )
    return page, status


@blueprint.route("/work/templates/<uuid:template_id>/delete", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def forget(template_id: uuid.UUID) -> Page:
    """Ask whether a template is to go, then delete it."""
    actor = access.current_actor()
    template = saved_template(db.session(), template_id, actor)
    form = StepForm()
    if form.is_submitted():
        service.delete_template(template_id, actor=actor)
        flash(_("The template is deleted."))
        return redirect(url_for("stages.kept"), 303)
    return render_template("stages/forget.html", form=form, name=template.name)
