"""Tells of comments on drafts: the body that there are some, authors what became of theirs."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import telling
from challenges.consulting.models import DraftComment
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock


def tell_commented(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Tell the body that its draft was commented on, after a day without comments."""
    base = current_settings().public_url
    telling.queue(
        session,
        telling.lead_and_officers(session, challenge),
        subject=_("A public comment on your draft: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _("Somebody has commented on this draft. You can reply in public."),
            f"{base}/work/challenges/{challenge.reference}/consultation",
        ],
        clock=clock,
    )


def tell_replied(
    session: Session, challenge: Challenge, comment: DraftComment, clock: Clock
) -> None:
    """Tell the author of a comment what the body replied."""
    subject = _("A reply to your comment: %(title)s", title=challenge.title)
    told = _("The public body replies: %(text)s", text=comment.reply)
    _to_the_author(session, challenge, comment, subject, told, clock)


def tell_hidden(
    session: Session, challenge: Challenge, comment: DraftComment, clock: Clock
) -> None:
    """Tell the author that their comment is no longer shown, and why."""
    subject = _("Your comment is not shown any more: %(title)s", title=challenge.title)
    hidden = _("The public body has hidden your comment.")
    told = hidden + "\n" + _("Reason: %(reason)s", reason=comment.hidden_because)
    _to_the_author(session, challenge, comment, subject, told, clock)


def _to_the_author(
    session: Session,
    challenge: Challenge,
    comment: DraftComment,
    subject: str,
    told: str,
    clock: Clock,
) -> None:
    telling.queue(
        session,
        telling.people(session, [comment.by_id]),
        subject=subject,
        parts=[
            challenge.title,
            _("You wrote: %(text)s", text=comment.text),
            told,
            f"{current_settings().public_url}/drafts/{challenge.reference}",
        ],
        clock=clock,
    )
