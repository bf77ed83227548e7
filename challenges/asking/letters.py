"""Tells of questions and answers. No message says who asked, but to whoever did."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from challenges import hooks, telling
from challenges.asking import queries
from challenges.asking.models import ClarificationAnswer
from challenges.following.letters import tell_followers
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant


def tell_asked(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Tell the body that a question waits, where none waited before."""
    _to_the_body(
        session,
        challenge,
        subject=_("A question about %(title)s", title=challenge.title),
        text=_(
            "A supplier has asked a question about this challenge. Please answer it soon: every "
            "bidder needs the answer in time."
        ),
        clock=clock,
    )


def remind(session: Session, challenge: Challenge, count: int, clock: Clock) -> None:
    """Remind the body of questions that wait."""
    closes_at = challenge.stage.closes_at
    assert closes_at is not None  # the challenge is open
    waits = ngettext(
        "%(num)d question waits for an answer. Bids close at %(when)s.",
        "%(num)d questions wait for an answer. Bids close at %(when)s.",
        count,
        when=format_instant(closes_at),
    )
    _to_the_body(
        session,
        challenge,
        subject=_("Questions wait for you: %(title)s", title=challenge.title),
        text=f"{waits} " + _("Nothing can be answered after that."),
        clock=clock,
    )


def tell_answered(
    session: Session, challenge: Challenge, answer: ClarificationAnswer, clock: Clock
) -> None:
    """Tell those who asked what an answer says that was just published, each of their own.

    Whoever has left the supplier hears nothing: its administrators do.
    """
    private = answer.private_because is not None
    note = (
        _("This answer goes to your organisation alone. Nobody else is shown it, or your question.")
        if private
        else _("Everybody can read this answer. Nobody is told that you asked.")
    )
    page = "mine" if private else f"{answer.number}"
    of_each = queries.told_of(session, answer.questions)
    for person in telling.people(session, of_each):
        asked = [
            _("You asked: %(text)s", text=each.text)
            if each.asked_by_id == person.id
            else _("Your organisation asked: %(text)s", text=each.text)
            for each in of_each[person.id]
        ]
        telling.queue(
            session,
            [person],
            subject=_("Your question was answered: %(title)s", title=challenge.title),
            parts=[
                challenge.title,
                *sorted(asked),
                _("Answer: %(text)s", text=answer.text),
                note,
                f"{_address(challenge)}/{page}",
            ],
            clock=clock,
        )


def tell_answers(
    session: Session,
    challenge: Challenge,
    answers: Sequence[ClarificationAnswer],
    clock: Clock,
) -> None:
    """Tell drafters, bidders, those who asked and followers of new and corrected answers.

    Whoever was told a first answer because they had asked is not told of it again. Followers who
    are nothing else can stop these messages.
    """
    of_each = queries.told_of(session, [each for answer in answers for each in answer.questions])
    concerned: set[uuid.UUID] = {
        *hooks.of_bids().bidders(session, challenge),
        *queries.askers(session, challenge),
        *of_each,
    }
    for person in telling.people(session, concerned):
        own = {question.answer_id for question in of_each.get(person.id, ())}
        news = [each for each in answers if each.id not in own or len(each.versions) > 1]
        if news:
            telling.queue(
                session,
                [person],
                subject=_subject(challenge, news),
                parts=[challenge.title, *_news(challenge, news)],
                clock=clock,
            )
    tell_followers(
        session,
        challenge,
        subject=_subject(challenge, answers),
        text="\n\n".join(_news(challenge, answers)),
        besides=concerned,
        clock=clock,
    )


def _subject(challenge: Challenge, news: Sequence[ClarificationAnswer]) -> str:
    said: str = ngettext(
        "%(num)d new answer: %(title)s",
        "%(num)d new answers: %(title)s",
        len(news),
        title=challenge.title,
    )
    return said


def _news(challenge: Challenge, news: Sequence[ClarificationAnswer]) -> list[str]:
    everything = _("All questions and answers:") + "\n" + _address(challenge)
    return [*(_told(answer) for answer in news), everything]


def _told(answer: ClarificationAnswer) -> str:
    head = (
        _("Answer %(number)s", number=answer.number)
        if len(answer.versions) == 1
        else _("Answer %(number)s, corrected", number=answer.number)
    )
    asked = [_("Question: %(text)s", text=text) for text in queries.asked_in(answer)]
    return "\n".join([head, *asked, _("Answer: %(text)s", text=answer.text)])


def _address(challenge: Challenge) -> str:
    return f"{current_settings().public_url}/challenges/{challenge.reference}/questions"


def _to_the_body(
    session: Session, challenge: Challenge, *, subject: str, text: str, clock: Clock
) -> None:
    base = current_settings().public_url
    telling.queue(
        session,
        telling.lead_and_officers(session, challenge),
        subject=subject,
        parts=[
            challenge.title,
            text,
            f"{base}/work/challenges/{challenge.reference}/questions",
        ],
        clock=clock,
    )
