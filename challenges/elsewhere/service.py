"""Says in a draft where bids go."""

from challenges.elsewhere import policy
from challenges.queries import own_challenge
from challenges.texts import refuse_all
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import on_one_line
from marketplace.core.transaction import transaction


def take_here(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Have bids taken here.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to say, or no draft.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_choose(actor, challenge, clock.now()))
        challenge.bids_elsewhere = False
        challenge.elsewhere_reference = challenge.elsewhere_link = ""


def send_elsewhere(reference: str, *, notice: str, link: str, actor: Actor, clock: Clock) -> None:
    """Have bids go elsewhere: to the notice of this reference, at this address.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to say, or no draft.
        Invalid: the place is not told whole; `fields` says what is wrong.
    """
    notice, link = on_one_line(notice), on_one_line(link)
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_choose(actor, challenge, clock.now()))
        refuse_all(policy.faults(notice, link))
        challenge.bids_elsewhere = True
        challenge.elsewhere_reference, challenge.elsewhere_link = notice, link
