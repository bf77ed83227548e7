"""Pages on which everybody reads answers, and suppliers ask."""

import re

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy as challenge_policy
from challenges.asking import policy, queries, service
from challenges.asking.forms import AskForm
from challenges.asking.views.room import blueprint
from challenges.live import queries as live
from challenges.models import Challenge
from challenges.queries import published_challenge
from challenges.topics import TOPIC_WORDS, topic_of
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import clean
from marketplace.core.permissions import Permission, ensure

_AT = "/challenges/<reference>/questions"
_WORDS_MOST = 200


@blueprint.get(_AT)
@public
def index(reference: str) -> str:
    """List the answers about a challenge that everybody may read, sought by words and topic."""
    session = db.session()
    challenge = published_challenge(session, reference)
    text = (clean(request.args.get("q")) or "")[:_WORDS_MOST]
    topic = topic_of(request.args.get("about"))
    found = queries.published(
        session,
        challenge,
        words=text.split(),
        topic=topic,
        before=_number(request.args.get("before")),
    )
    return render_template(
        "asking/index.html",
        challenge=challenge,
        page=found,
        asked_in=queries.asked_in,
        summary=queries.summary(session, challenge),
        text=text,
        topic=topic,
        topics=TOPIC_WORDS,
        meetings=live.sessions(session, challenge),
        **_asking(challenge),
    )


@blueprint.get(f"{_AT}/<int:number>")
@public
def show(reference: str, number: int) -> str:
    """Show one answer with its questions and its earlier versions."""
    session = db.session()
    challenge = published_challenge(session, reference)
    answer = queries.published_answer(session, challenge, number)
    return render_template(
        "asking/show.html",
        challenge=challenge,
        answer=answer,
        asked=queries.asked_in(answer),
        topics=TOPIC_WORDS,
    )


@blueprint.route(f"{_AT}/ask", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def ask(reference: str) -> Page:
    """Ask about a challenge."""
    actor, clock = access.current_actor(), access.clock()
    challenge = published_challenge(db.session(), reference)
    form = AskForm(data={"topic": request.args.get("about")})
    status = 200
    if request.method == "GET":
        ensure(policy.can_ask(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.ask(
                reference,
                topic=form.about,
                text=form.text.data or "",
                names_supplier=form.names_supplier.data,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = published_challenge(db.session(), reference)
        else:
            flash(_("Your question is asked. You get an e-mail when it is answered."))
            return redirect(url_for("asking.mine", reference=reference), 303)
    page = render_template(
        "asking/ask.html", challenge=challenge, form=form, until=policy.asking_ends(challenge)
    )
    return page, status


@blueprint.get(f"{_AT}/mine")
@requires(Permission.BID_DRAFT)
def mine(reference: str) -> str:
    """Show a supplier's people what they have asked about a challenge, and what became of it."""
    actor, session = access.current_actor(), db.session()
    challenge = published_challenge(session, reference)
    return render_template(
        "asking/mine.html",
        challenge=challenge,
        questions=queries.of_supplier(session, challenge, actor.organisation_id),
        topics=TOPIC_WORDS,
        **_asking(challenge),
    )


def _asking(challenge: Challenge) -> dict[str, object]:
    """Tell a page until when and whether its reader can ask."""
    actor, now = access.optional_actor(), access.clock().now()
    until = policy.asking_ends(challenge)
    return {
        "until": until,
        "takes_questions": policy.takes_questions(challenge, now),
        "is_open": challenge_policy.current_state(challenge, now).value == "open",
        "for_supplier": actor is not None and actor.may(Permission.BID_DRAFT),
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None
