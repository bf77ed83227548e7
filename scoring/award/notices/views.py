"""Pages of the award notice, and of changes of a contract with their notices."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import queries as challenges
from challenges.law import Law, law_holding
from challenges.models import Challenge
from challenges.notices import pack as notice_pack
from challenges.notices import policy, rules
from challenges.notices.forms import RecordForm
from challenges.notices.kinds import NoticeKind
from challenges.notices.service import record_notice
from challenges.notices.views import surroundings, text_file
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure
from marketplace.core.regimes.notice_forms import notice_book
from marketplace.core.text import N_
from scoring.award.contracts import queries as contracts
from scoring.award.notices import pack, queries

blueprint = Blueprint("award_notices", __name__)

_READERS = (Permission.CONTRACT_SIGN, Permission.RECORD_AUDIT)


@blueprint.route("/work/challenges/<reference>/decision/notice", methods=["GET", "POST"])
@requires(*_READERS)
def award(reference: str) -> Page | Response:
    """Show the award notice field by field, to be copied, and record its reference.

    Where several suppliers win, each has its notice, by its number in the address.
    """
    challenge, law = _load(reference)
    found = queries.award_of(db.session(), challenge, request.args.get("number", 1, int))
    around = surroundings(challenge)
    link = f"{access.current_settings().public_url}/awards/{challenge.reference}"
    answers = {
        **notice_pack.challenge_answers(challenge, around),
        **pack.award_answers(found, link),
    }
    due = pack.award_notice_due(law, found.contract.signed_at) if found.contract else None
    heading = _("Award notice for %(service)s", service=law.regime.notice_service.name)
    return _notice_page(
        challenge,
        law,
        NoticeKind.AWARD,
        law.band.notices.award,
        answers,
        heading,
        found.number,
        due=due,
        award=found,
    )


@blueprint.route(
    "/work/challenges/<reference>/contract/changes/<int:number>", methods=["GET", "POST"]
)
@requires(*_READERS)
def change(reference: str, number: int) -> Page | Response:
    """Show the notice of one change of a contract, to be copied, and record its reference."""
    challenge, law = _load(reference)
    kept, found = contracts.change_of(contracts.contracts_of(db.session(), challenge), number)
    if not found.holds:
        raise WrongMoment(N_("This change does not hold, so there is nothing to publish of it."))
    announced = rules.holding(challenge.notices).get((NoticeKind.AWARD, kept.notice or 0))
    grounds = notice_book(law.regime.key, law.regime.version).change_grounds
    answers = {
        **notice_pack.challenge_answers(challenge, surroundings(challenge)),
        **pack.contract_answers(kept.contract),
        "supplier": kept.supplier.name,
        "award_notice": announced.reference if announced else "",
        **pack.change_answers(found, grounds.get(found.ground or "")),
    }
    heading = _(
        "Change %(number)s of contract %(contract)s",
        number=number,
        contract=kept.contract.reference,
    )
    return _notice_page(
        challenge,
        law,
        NoticeKind.MODIFICATION,
        law.band.notices.modification,
        answers,
        heading,
        number=number,
        ground=grounds.get(found.ground or ""),
    )


def _load(reference: str) -> tuple[Challenge, Law]:
    actor = access.current_actor()
    challenge = challenges.own_challenge(db.session(), reference, actor, whole=True)
    return challenge, law_holding(challenge, access.clock().now())


def _notice_page(
    challenge: Challenge,
    law: Law,
    kind: NoticeKind,
    form_key: str,
    answers: dict[str, str],
    heading: str,
    number: int = 1,
    **more: object,
) -> Page | Response:
    """Show a notice, to be copied, and record its reference where that was sent."""
    actor, clock = access.current_actor(), access.clock()
    reference = challenge.reference
    records = rules.holding(challenge.notices)
    record = records.get((kind, number))
    may_record = policy.can_record(actor, challenge, kind, clock.now())
    form = RecordForm(data=record and vars(record))
    status = 200
    if request.method == "POST" and not form.validate():
        ensure(may_record)
        status = 422
    elif request.method == "POST":
        try:
            record_notice(reference, kind, form.content(), number=number, actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Recorded. Everybody sees it on the page of the challenge."))
            return redirect(url_for("web.challenge", reference=reference), 303)
    notice = notice_book(law.regime.key, law.regime.version).forms[form_key]
    fields = notice_pack.filled(notice, answers)
    if request.args.get("as") == "text":
        return text_file(f"{reference}-{kind.value}-{number}.txt", notice.name, fields)
    page = render_template(
        "notices/decided.html",
        challenge=challenge,
        law=law,
        heading=heading,
        notice=notice,
        fields=fields,
        form=form,
        record=record,
        records=records,
        may_record=may_record,
        kind=kind,
        as_text=url_for(
            str(request.endpoint), **{**request.args, **(request.view_args or {}), "as": "text"}
        ),
        size=len(notice_pack.as_text(notice.name, fields).encode()),
        **more,
    )
    return page, status
