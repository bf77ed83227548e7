"""Pages of a person's account, of their organisation, and of those who verify organisations."""

import uuid
from collections.abc import Callable
from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.core import access
from marketplace.core.access import requires, signed_in
from marketplace.core.accounts import forms, invitations, mail, onward, policy, queries, service
from marketplace.core.accounts.models import (
    BodyType,
    Membership,
    Organisation,
    OrganisationKind,
    SupplierType,
    User,
)
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.permissions import ROLE_WORDS, SECOND_FACTOR_ROLES, Actor, Permission, ensure
from marketplace.core.text import N_

blueprint = Blueprint("accounts", __name__)

EVENT_WORDS = {
    "registered": N_("Account created"),
    "email_confirmed": N_("E-mail address confirmed"),
    "signed_in": N_("Signed in"),
    "signed_out": N_("Signed out"),
    "sign_in_failed": N_("Sign-in failed"),
    "second_factor_failed": N_("Wrong code at sign-in"),
    "second_factor_set": N_("Second step set up"),
    "second_factor_removed": N_("Second step switched off"),
    "recovery_code_used": N_("Recovery code used"),
    "reset_asked_for": N_("Link for a new password asked for"),
    "password_reset": N_("Password set by a link"),
    "password_changed": N_("Password changed"),
    "opening_passphrase_failed": N_("Wrong opening passphrase"),
}


@blueprint.context_processor
def words() -> dict[str, object]:
    """Give these pages the words for roles, types and events."""
    return {
        "role_words": ROLE_WORDS,
        "body_type_words": forms.BODY_TYPE_WORDS,
        "supplier_type_words": forms.SUPPLIER_TYPE_WORDS,
        "event_words": EVENT_WORDS,
        "second_factor_roles": SECOND_FACTOR_ROLES,
        "caretaker_role": policy.caretaker_role,
    }


@blueprint.get("/account")
@signed_in
def person() -> ResponseReturnValue:
    """Show the person's own account."""
    return render_template(
        "accounts/person.html",
        memberships=queries.own_memberships(_user().id),
        invitations=queries.open_invitations_to(_user().email, access.clock().now()),
        events=queries.recent_security_events(_user().id),
    )


@blueprint.post("/account/act-for")
@signed_in
def act_for() -> ResponseReturnValue:
    """Act for another of the person's organisations from now on."""
    access.choose_membership(_identifier(request.form.get("membership", "")))
    return _see(url_for("web.work"))


@blueprint.get("/organisation")
@signed_in
def organisation() -> ResponseReturnValue:
    """Show the organisation the person acts for, or how to come to one."""
    actor = access.optional_actor()
    if actor is None:
        return render_template(
            "accounts/no_organisation.html",
            invitations=queries.open_invitations_to(_user().email, access.clock().now()),
        )
    return _organisation_page(actor, actor.organisation_id)


def _organisation_page(actor: Actor, organisation_id: uuid.UUID, **more: object) -> str:
    shown = queries.organisation_for(actor, organisation_id)
    caretaker = policy.can_look_after_people(actor, shown).allowed
    return render_template(
        "accounts/organisation.html",
        organisation=shown,
        people=queries.standing_memberships(organisation_id),
        invitations=queries.open_invitations_of(organisation_id, access.clock().now())
        if caretaker
        else (),
        caretaker=caretaker,
        **more,
    )


@blueprint.get("/organisation/new")
@signed_in
def register_organisation() -> ResponseReturnValue:
    """Ask on which side the organisation stands."""
    return render_template("accounts/choose_kind.html")


@blueprint.route("/organisation/new/<kind>", methods=["GET", "POST"])
@signed_in
def register(kind: str) -> ResponseReturnValue:
    """Register a public body or a supplier; `type` in the address is chosen beforehand."""
    if kind not in ("body", "supplier"):
        raise NotFound(N_("There is no such page."))
    form = forms.OrganisationForm()
    body = kind == "body"
    types = forms.BODY_TYPE_WORDS if body else forms.SUPPLIER_TYPE_WORDS
    known = request.args.get("type") if request.method == "GET" else None
    form.offer(cast(dict[Any, str], types), known)
    if form.validate_on_submit():
        try:
            membership_id = service.register_organisation(
                _user().id,
                kind=OrganisationKind(kind),
                name=form.name.data or "",
                body_type=BodyType(form.type.data) if body else None,
                supplier_type=None if body else SupplierType(form.type.data),
                clock=access.clock(),
            )
        except DomainError as error:
            form.refuse(error)
        else:
            access.choose_membership(membership_id)
            flash(_("%(name)s is registered. You act for it now.", name=form.name.data))
            return _see(onward.wanted() or url_for("accounts.organisation"))
    return render_template("accounts/register.html", form=form, body=body), _shown()


@blueprint.route("/organisation/<uuid:organisation_id>/invite", methods=["GET", "POST"])
@signed_in
def invite(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Invite somebody to act for the organisation."""
    actor, shown = _looked_after(organisation_id)
    form = forms.InviteForm()
    form.offer(policy.roles_of(shown.kind.value))
    if form.validate_on_submit():
        return _do_or_show(
            form,
            lambda: invitations.invite(
                organisation_id,
                email=form.email.data or "",
                roles=form.chosen,
                actor=actor,
                clock=access.clock(),
                accept_link=lambda key: mail.link("accounts.invitation", invitation_id=key),
            ),
            _("The invitation is sent."),
            _page_of(shown, actor),
            lambda: _invite_page(form, shown, actor),
        )
    return _invite_page(form, shown, actor), _shown()


def _invite_page(form: forms.InviteForm, shown: Organisation, actor: Actor) -> str:
    return render_template(
        "accounts/invite.html",
        form=form,
        organisation=shown,
        back=_page_of(shown, actor),
        hints=forms.ROLE_HINTS,
    )


@blueprint.post("/organisation/invitations/<uuid:invitation_id>/withdraw")
@signed_in
def withdraw(invitation_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw an invitation."""
    actor = access.current_actor()
    organisation_id = invitations.withdraw_invitation(
        invitation_id, actor=actor, clock=access.clock()
    )
    flash(_("The invitation is withdrawn."))
    return _see(_page_of(queries.organisation_for(actor, organisation_id), actor))


@blueprint.route("/invitations/<invitation_id>", methods=["GET", "POST"])
@signed_in
def invitation(invitation_id: str) -> ResponseReturnValue:
    """Show an invitation to whom it was sent, and accept it."""
    key = _identifier(invitation_id)
    if request.method == "POST":
        membership_id = invitations.accept_invitation(key, user_id=_user().id, clock=access.clock())
        access.choose_membership(membership_id)
        flash(_("Welcome. You act for this organisation now."))
        return _see(url_for("accounts.organisation"))
    return render_template(
        "accounts/invitation.html",
        form=forms.ActionForm(),
        invitation=queries.invitation_to(_user().email, key),
    )


@blueprint.route("/organisation/people/<uuid:membership_id>", methods=["GET", "POST"])
@signed_in
def roles(membership_id: uuid.UUID) -> ResponseReturnValue:
    """Change the roles of one person."""
    actor = access.current_actor()
    membership = queries.membership_for(actor, membership_id)
    form = forms.RolesForm()
    form.offer(policy.roles_of(membership.organisation.kind.value))
    if form.validate_on_submit():
        return _do_or_show(
            form,
            lambda: service.change_roles(
                membership_id, form.chosen, actor=actor, clock=access.clock()
            ),
            _("The roles are changed."),
            _page_of(membership.organisation, actor),
            lambda: _roles_page(form, queries.membership_for(actor, membership_id), actor),
        )
    if request.method == "GET":
        form.roles.data = [given.role.value for given in membership.roles]
    return _roles_page(form, membership, actor), _shown()


def _roles_page(form: forms.RolesForm, membership: Membership, actor: Actor) -> str:
    return render_template(
        "accounts/roles.html",
        form=form,
        membership=membership,
        back=_page_of(membership.organisation, actor),
        own=membership.user_id == actor.user_id,
        caretaker=policy.can_look_after_people(actor, membership.organisation).allowed,
        hints=forms.ROLE_HINTS,
    )


@blueprint.route("/organisation/people/<uuid:membership_id>/end", methods=["GET", "POST"])
@signed_in
def end(membership_id: uuid.UUID) -> ResponseReturnValue:
    """End that a person acts for the organisation, after asking."""
    actor = access.current_actor()
    membership = queries.membership_for(actor, membership_id)
    own = membership.user_id == actor.user_id
    if request.method == "GET":
        return render_template(
            "accounts/end.html",
            form=forms.ActionForm(),
            membership=membership,
            own=own,
            back=url_for("accounts.roles", membership_id=membership_id),
        )
    name = membership.user.name
    after = url_for("accounts.person") if own else _page_of(membership.organisation, actor)
    service.end_membership(membership_id, actor=actor, clock=access.clock())
    flash(_("%(name)s no longer acts for this organisation.", name=name))
    return _see(after)


@blueprint.get("/admin/organisations")
@requires(Permission.ORGANISATION_VERIFY)
def organisations() -> ResponseReturnValue:
    """List organisations, those that wait to be verified and all."""
    kind = request.args.get("kind", "")
    state = request.args.get("state", "")
    text = request.args.get("q", "")[:100].strip()
    rows, following = queries.organisations(
        kind=OrganisationKind(kind) if kind in list(OrganisationKind) else None,
        verified={"verified": True, "waiting": False}.get(state),
        text=text,
        after=_after(),
    )
    return render_template(
        "accounts/organisations.html",
        rows=rows,
        following=following,
        kind=kind,
        state=state,
        text=text,
    )


@blueprint.route("/admin/organisations/<uuid:organisation_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_VERIFY)
def verify(organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Show one organisation to those who run the service, and verify it."""
    actor = access.current_actor()
    form = forms.VerifyForm()
    if form.validate_on_submit():
        return _do_or_show(
            form,
            lambda: service.verify_organisation(
                organisation_id, form.note.data or "", actor=actor, clock=access.clock()
            ),
            _("The organisation is verified."),
            url_for("accounts.verify", organisation_id=organisation_id),
            lambda: _organisation_page(actor, organisation_id, verify_form=form),
        )
    return _organisation_page(actor, organisation_id, verify_form=form), _shown()


def _shown() -> int:
    """Give the status of a page with a form: whatever was sent and did not lead on was refused."""
    return 422 if request.method == "POST" else 200


def _do_or_show(
    form: Any,
    change: Callable[[], object],
    done: str,
    location: str,
    page: Callable[[], str],
) -> ResponseReturnValue:
    """Carry a change out and lead on; or show the form again with why it was refused."""
    try:
        change()
    except DomainError as error:
        form.refuse(error)
        return page(), 422
    flash(done)
    return _see(location)


def _looked_after(organisation_id: uuid.UUID) -> tuple[Actor, Organisation]:
    actor = access.current_actor()
    shown = queries.organisation_for(actor, organisation_id)
    ensure(policy.can_look_after_people(actor, shown))
    return actor, shown


def _page_of(shown: Organisation, actor: Actor) -> str:
    """Give the page of an organisation: one's own, or as those see it who run the service."""
    if shown.id == actor.organisation_id:
        return url_for("accounts.organisation")
    return url_for("accounts.verify", organisation_id=shown.id)


def _after() -> tuple[str, uuid.UUID] | None:
    """Read the key after which a page begins; a broken one means the first page."""
    name, found, key = request.args.get("after", "").rpartition(":")
    try:
        return (name, uuid.UUID(key)) if found else None
    except ValueError:
        return None


def _identifier(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(N_("There is no such thing here.")) from None


def _user() -> User:
    return cast(User, current_user)


def _see(location: str) -> ResponseReturnValue:
    """Answer a change with the page to see next."""
    return redirect(location, code=303)
