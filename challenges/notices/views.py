"""Pages on which codes are chosen, and a contract notice is copied and its reference recorded."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy as challenge_policy
from challenges import queries
from challenges.models import Challenge
from challenges.notices import codes, pack, policy, rules, service
from challenges.notices import queries as notice_queries
from challenges.notices.forms import RecordForm
from challenges.notices.kinds import NoticeKind
from challenges.views.room import Page, law_now, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.forms import BODY_TYPE_WORDS
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from marketplace.core.regimes.notice_forms import notice_book
from marketplace.core.text import N_

blueprint = Blueprint("notices", __name__)

QUERY_MOST = 200


@blueprint.route("/work/challenges/<reference>/write/codes", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def choose(reference: str) -> Page:
    """Search codes by words, and choose a main one and additional ones."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor)
    ensure(policy.can_choose_codes(actor, challenge, clock.now()))
    form = BaseForm()
    words = " ".join(request.args.get("q", "").split())[:QUERY_MOST]
    status = 200
    if request.method == "POST" and not form.validate():
        status = 422
    elif request.method == "POST":
        try:
            _change(reference, *_pressed())
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = queries.own_challenge(db.session(), reference, actor)
        else:
            back = url_for("notices.choose", reference=reference, q=words or None)
            return redirect(f"{back}#chosen", 303)
    chosen = [(codes.find(each.code), each.main) for each in challenge.codes]
    page = render_template(
        "notices/codes.html",
        challenge=challenge,
        form=form,
        words=words,
        found=codes.search(words) if words else [],
        suggested=notice_queries.suggested_codes(challenge),
        chosen=[(code, main) for code, main in chosen if code is not None],
        taken={each.code for each in challenge.codes},
        path_of=codes.path_of,
        most=rules.CODES_MOST,
        query_most=QUERY_MOST,
    )
    return page, status


@blueprint.route("/work/challenges/<reference>/notice", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_READ_OWN)
def contract(reference: str) -> Page | Response:
    """Show the contract notice field by field, to be copied, and record its reference."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
    ensure(challenge_policy.can_read_own(actor, challenge))
    may_record = policy.can_record(actor, challenge, NoticeKind.CONTRACT, clock.now())
    record = rules.contract_record(challenge.notices)
    form = RecordForm(data=record and vars(record))
    status = 200
    if request.method == "POST" and not form.validate():
        ensure(may_record)
        status = 422
    elif request.method == "POST":
        try:
            service.record_notice(
                reference, NoticeKind.CONTRACT, form.content(), actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Recorded. Everybody sees it on the page of the challenge once it is public."))
            back = "web.challenge" if challenge.published_at else "challenges.publish"
            return redirect(url_for(back, reference=reference), 303)
    law = law_now(challenge)
    if law is None:
        raise WrongMoment(N_("Give the total value first: which notice there is follows from it."))
    notice = notice_book(law.regime.key, law.regime.version).forms[law.band.notices.contract]
    fields = pack.filled(notice, pack.challenge_answers(challenge, surroundings(challenge)))
    if request.args.get("as") == "text":
        return text_file(f"{challenge.reference}-notice.txt", notice.name, fields)
    page = render_template(
        "notices/contract.html",
        challenge=challenge,
        law=law,
        notice=notice,
        fields=fields,
        form=form,
        record=record,
        may_record=may_record,
        size=len(pack.as_text(notice.name, fields).encode()),
    )
    return page, status


def surroundings(challenge: Challenge) -> pack.Surroundings:
    """Give what a notice says beside the challenge, as it is configured here."""
    law = law_now(challenge)
    body, shown = challenge.buyer.body_type, challenge.contact_shown
    return pack.Surroundings(
        link=f"{access.current_settings().public_url}/challenges/{challenge.reference}",
        buyer_type=_(BODY_TYPE_WORDS[body]) if body else "",
        contact_name=(shown and challenge.contact_name) or challenge.owner.name,
        contact_email=(shown and challenge.contact_email) or challenge.owner.email,
        gpa=law is not None and law.band.notices.contract_first,
        review_body=notice_book(law.regime.key, law.regime.version).review_body if law else "",
    )


def text_file(name: str, heading: str, fields: list[pack.Filled]) -> Response:
    """Give a filled notice as a file of plain text."""
    answer = Response(pack.as_text(heading, fields), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _pressed() -> tuple[str, str]:
    """Read which button was pressed: `main:CODE`, `add:CODE` or `remove:CODE`."""
    what, _colon, code = request.form.get("action", "").partition(":")
    return what, code or request.form.get("code", "")


def _change(reference: str, what: str, code: str) -> None:
    actor, clock = access.current_actor(), access.clock()
    if what == "remove":
        service.remove_code(reference, code, actor=actor, clock=clock)
        flash(_("The code is removed."))
        return
    chosen = service.choose_code(reference, code, main=what == "main", actor=actor, clock=clock)
    flash(_("Chosen: %(code)s %(label)s", code=chosen.full, label=chosen.label))
