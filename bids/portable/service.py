"""Exports a supplier's passport as a signed file, and takes answers over from another's."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from sqlalchemy.orm import Session

from bids import queries as bids
from bids.models import EligibilityDeclaration
from bids.passport import policy
from bids.passport import service as passports
from bids.passport.answers import last_day
from bids.passport.kinds import Subject
from bids.passport.queries import passport_of
from bids.passport.size import size_of
from bids.passport.subjects import ASKED
from bids.portable import comparing, telling
from bids.portable.comparing import Proposal
from bids.portable.spd import SIZE_CLASS
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import keys, trust
from marketplace.core.audit import passports as files
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.audit.signing import BadKey, Verifier
from marketplace.core.clock import Clock
from marketplace.core.colours import Brand
from marketplace.core.dates import PLACE
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.pdf import Attachment, Relationship, render_pdf
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.book import USUAL
from marketplace.core.regimes.grounds import grounds_of_version
from marketplace.core.regimes.sizes import SIZE_WORDS, size_rules_on
from marketplace.core.text import N_

FILE_NAME = "passport.json"


@dataclass(frozen=True)
class Arrived:
    """A file that was brought: what was found about it, and what it would change.

    `mark` stands for the answers that it was compared with.
    """

    checked: files.Checked
    passport: files.Passport
    origin: str
    proposals: Sequence[Proposal]
    mark: str


def export(session: Session, *, actor: Actor, clock: Clock) -> bytes:
    """Give the passport of the actor's organisation as a signed file.

    Raises:
        Forbidden: the actor does not act for a supplier.
        WrongKey: the log's key is not at hand.
    """
    ensure(policy.can_answer(actor))
    return files.write(_exported(session, actor, clock), keys.signer())


def export_pdf(
    session: Session,
    *,
    actor: Actor,
    clock: Clock,
    environment: Environment,
    brand: Brand,
    translate: Callable[[str], str],
) -> bytes:
    """Give the passport as a document to read, with the signed file inside.

    Raises:
        Forbidden, WrongKey: as for `export`.
    """
    ensure(policy.can_answer(actor))
    made = _exported(session, actor, clock)
    content = files.write(made, keys.signer())
    html = environment.get_template("portable/document.html").render(
        passport=made,
        last_day=last_day,
        subjects=[
            (translate(title), said, made.subjects[name])
            for name, title, said in _told(made, translate)
        ],
        sha256=files.digest(made),
        brand=brand,
    )
    return render_pdf(
        html,
        title=translate(N_("Supplier passport")) + f": {made.supplier_name}",
        created=made.exported_at,
        identifier=files.digest(made)[:32].encode(),
        author=made.supplier_name,
        creator=brand.name,
        attachments=[
            Attachment(
                name=FILE_NAME,
                content=content,
                media_type="application/json",
                description=translate(N_("The same answers as a signed file")),
                relationship=Relationship.SOURCE,
                created=made.exported_at,
            )
        ],
    )


def known_keys(session: Session) -> list[Verifier]:
    """Give the keys whose signature is known: this log's, and those that the operator trusts.

    Raises:
        Invalid: the operator's file holds something else.
    """
    try:
        own = keys.known(session)
    except keys.WrongKey:
        own = []
    file = current_settings().passport_trust
    if file is None:
        return own
    try:
        return [*own, *trust.read_keys(file.read_text(encoding="utf-8"))]
    except (OSError, UnicodeDecodeError, BadKey) as error:
        raise Invalid(
            N_("The list of trusted services cannot be read. Tell the people who run this service.")
        ) from error


def look_at(session: Session, content: bytes, *, actor: Actor, clock: Clock) -> Arrived:
    """Check a file that was brought, and compare it with the passport as it stands.

    Raises:
        Forbidden: the actor does not act for a supplier.
        Invalid: it is no passport, was changed, or is another supplier's of this service.
    """
    ensure(policy.can_answer(actor))
    if not content.strip():
        raise _refusal(N_("Choose the file of a passport, passport.json"))
    if content.startswith(b"%PDF"):
        raise _refusal(
            N_("This is the document to read. Choose the file passport.json, which it holds")
        )
    if len(content) > files.LARGEST:
        raise _refusal(N_("This file is larger than any passport. Choose the file passport.json"))
    checked = files.check(content, known_keys(session))
    if checked.read is None:
        raise _refusal(
            N_("This is not a passport as a service writes it. Choose the file passport.json")
        )
    if checked.verdict is Verdict.FAILED:
        raise _refusal(
            N_(
                "This file was changed after it was signed, so nothing is taken from it. "
                "Export it again"
            )
        )
    found = checked.read
    own = {key.name for key in keys.known(session)}
    if found.origin in own and found.passport.supplier_id != str(actor.organisation_id):
        raise _refusal(N_("This file was exported by another supplier of this service"))
    stands = passport_of(session, actor.organisation_id).answers
    return Arrived(
        checked=checked,
        passport=found.passport,
        origin=found.origin,
        proposals=comparing.proposals(found.passport, stands, clock.now()),
        mark=comparing.mark(stands),
    )


def take_over(
    session: Session,
    content: bytes,
    subjects: Collection[str],
    *,
    mark: str,
    actor: Actor,
    clock: Clock,
) -> Sequence[Subject]:
    """Answer the chosen subjects as a file does; who takes them over becomes their author.

    `mark` is that of the answers which the person saw beside the file's. Gives the subjects.

    Raises:
        Forbidden, Invalid: as for `look_at`, or nothing was chosen.
        StaleEdit: an answer changed since, so that something would be overwritten unseen.
    """
    arrived = look_at(session, content, actor=actor, clock=clock)
    if arrived.mark != mark:
        raise StaleEdit(
            N_("An answer of your passport changed meanwhile. Look at the differences again.")
        )
    chosen = [each for each in arrived.proposals if each.takes and each.subject.value in subjects]
    if not chosen:
        message = N_("Tick the answers that you take over")
        raise Invalid(message, {"subjects": message})
    for proposal in chosen:
        passports.answer(proposal.subject, proposal.values, actor=actor, clock=clock)
    return [proposal.subject for proposal in chosen]


def _refusal(message: str, **data: object) -> Invalid:
    return Invalid(message, {} if data else {"file": message}, **data)


def _exported(session: Session, actor: Actor, clock: Clock) -> files.Passport:
    supplier = session.get_one(Organisation, actor.organisation_id)
    stands = passport_of(session, supplier.id).answers
    subjects = {
        subject.value: files.Subject(dict(answer.values), answer.answered_at, answer.expires_at)
        for subject, answer in stands.items()
    }
    declaration = bids.current_declaration(session, supplier.id)
    if declaration is not None:
        subjects[comparing.GROUNDS] = files.Subject(
            grounds_of(declaration), declaration.declared_at, declaration.expires_at
        )
    return files.Passport(str(supplier.id), supplier.name, clock.now(), subjects)


def grounds_of(declaration: EligibilityDeclaration) -> dict[str, Any]:
    """Give a declaration on grounds as the values of a subject: a yes or no to each group."""
    rules = grounds_of_version(USUAL, declaration.grounds_rules)
    declared = {each.ground for each in declaration.grounds}
    groups = {
        group.key: any(each.key in declared for each in rules.of_group(group.key))
        for group in rules.groups
    }
    return {
        "rules": declaration.grounds_rules,
        **groups,
        "declared": [
            {
                "ground": each.ground,
                "happened_on": each.happened_on.isoformat() if each.happened_on else "",
                "put_right": each.put_right,
            }
            for each in declaration.grounds
        ],
    }


def values_of(session: Session, actor: Actor) -> dict[str, Mapping[str, Any]]:
    """Give all that the actor's organisation answered, by subject, the declaration among them.

    Where the passport does not tell the size, the declaration does.

    Raises:
        Forbidden: the actor does not act for a supplier.
    """
    ensure(policy.can_answer(actor))
    stands = passport_of(session, actor.organisation_id).answers
    found = {subject.value: answer.values for subject, answer in stands.items()}
    size = stands.get(Subject.SIZE)
    told = None if size is None else (size.values, size.answered_at)
    declaration = bids.current_declaration(session, actor.organisation_id)
    if declaration is not None:
        found[comparing.GROUNDS] = grounds_of(declaration)
        told = told or (_declared_size(declaration), declaration.declared_at)
    if told is not None:
        values, at = told
        counted = size_of(values, size_rules_on(at.astimezone(PLACE).date()))
        found[Subject.SIZE.value] = {**values, SIZE_CLASS: SIZE_WORDS[counted.size]}
    return found


def _declared_size(declaration: EligibilityDeclaration) -> dict[str, int]:
    return {
        "staff": declaration.staff,
        "turnover_minor": declaration.turnover_minor,
        "balance_minor": declaration.balance_minor,
    }


def _told(
    made: files.Passport, translate: Callable[[str], str]
) -> list[tuple[str, str, list[telling.Said]]]:
    """Give each subject's name, title and answers in words, in the order of the pages."""
    found = [
        (subject.value, ASKED[subject].title, telling.answers(ASKED[subject], given, translate))
        for subject in Subject
        if (given := _answer(made, subject.value)) is not None
    ]
    if (given := _answer(made, comparing.GROUNDS)) is not None:
        title = N_("Declaration on grounds of exclusion")
        found.append((comparing.GROUNDS, title, telling.grounds(given, translate)))
    return found


def _answer(made: files.Passport, name: str) -> Mapping[str, Any] | None:
    return made.subjects[name].answer if name in made.subjects else None
