"""Changes how a body presents itself."""

from dataclasses import dataclass

from marketplace.core import docx
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.letterheads import log_words, policy
from marketplace.core.letterheads.models import BodyLetterhead
from marketplace.core.letterheads.pictures import logo_of
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

__all__ = ["Said", "Upload", "change"]


@dataclass(frozen=True)
class Upload:
    """A file that was sent."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Said:
    """What a body says of itself; a file that is None leaves the one that is kept."""

    address: str
    contact: str
    signatory_name: str
    signatory_role: str
    reference_prefix: str = ""
    logo: Upload | None = None
    template: Upload | None = None
    without_logo: bool = False
    without_template: bool = False


_WORDS = ("address", "contact", "signatory_name", "signatory_role", "reference_prefix")


def change(said: Said, *, actor: Actor, clock: Clock) -> None:
    """Keep how the actor's body presents itself from now on.

    Raises:
        Forbidden: by `policy.can_change`.
        Invalid: an address, a signatory or a contact is missing, or a file cannot be used.
    """
    ensure(policy.can_change(actor))
    words = {name: getattr(said, name).strip() for name in _WORDS}
    asked = {
        "address": N_("Enter the address that stands at the head of your letters"),
        "contact": N_("Enter whom a bidder can ask, with an e-mail address or telephone number"),
        "signatory_name": N_("Enter who signs the letters"),
        "signatory_role": N_("Enter what the person who signs is at your body"),
    }
    faults = {name: fault for name, fault in asked.items() if not words[name]}
    if faults:
        raise Invalid(N_("Check the letterhead."), faults)
    logo = logo_of(said.logo.content) if said.logo else None
    if said.template:
        docx.check_template(said.template.name, said.template.content)
    with transaction() as session:
        body = session.get_one(Organisation, actor.organisation_id)
        row = session.get(BodyLetterhead, body.id, with_for_update=True)
        if row is None:
            row = BodyLetterhead(organisation_id=body.id, **dict.fromkeys(_WORDS, ""))
            session.add(row)
        changed = [name for name in _WORDS if getattr(row, name) != words[name]]
        for name in changed:
            setattr(row, name, words[name])
        if logo is not None or said.without_logo:
            row.logo = logo
            changed.append("logo")
        if said.template or said.without_template:
            row.template = said.template.content if said.template else None
            row.template_name = said.template.name[-200:] if said.template else None
            changed.append("template")
        row.changed_at, row.changed_by_id = clock.now(), actor.user_id
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.CHANGED,
            actor=actor,
            organisation=body.name,
            what=", ".join(changed) or "-",
        )
