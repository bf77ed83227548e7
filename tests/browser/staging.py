"""What comes before the first sift of a staged challenge, done by the services for speed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from bids import service as bids
from bids.models import Bid
from challenges import service as challenges
from challenges.kinds import CriterionKind
from challenges.models import Challenge, Stage
from challenges.stages import library
from challenges.stages.kinds import StageKind
from challenges.stages.place import Place
from challenges.stages.service.templates import apply_template
from challenges.stages.shapes import Planned, Template
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import db
from marketplace.core.permissions import Actor
from scoring.award import service as award
from scoring.panel import queries as panels
from scoring.panel import service as panel
from tests.browser.judging import PANEL
from tests.browser.play import BODY, CLOSES, OWN, RIVAL, THIRD, TITLE, Play
from tests.factories import a_challenge, actor_for, give_opening_key, no_interests
from tests.journeys import open_the_bids

OFFICERS = ("Oona Officer", "Omar Officer", "Orla Officer")
# What every evaluator gives each application on every question: who is above the line is plain.
ON_PAPER = {OWN: 4, RIVAL: 3, THIRD: 2}
# How many are heard, and what each stage of work may cost, in pounds; all of it is the value.
HEARD, FEE, ACCELERATOR, AGREEMENT = 2, 5_000, 30_000, 105_000
VALUE_MINOR = (3 * FEE + ACCELERATOR + AGREEMENT) * 100


def publish(play: Play) -> None:
    """Publish a challenge in the stages of the template, of which two suppliers are heard."""
    clock = play.site.clock
    with play.site.app.app_context():
        session, at = db.session(), clock.now()
        body = session.scalars(select(Organisation).where(Organisation.name == BODY)).one()
        lead = _user("Lena Lead")
        give_opening_key(session, at, *(_user(name) for name in OFFICERS))
        for supplier in session.scalars(
            select(Organisation).where(Organisation.kind == "supplier")
        ):
            supplier.verified_at = at
        challenge = a_challenge(session, at, body, lead, title=TITLE, closes_at=CLOSES)
        challenge.value_minor, challenge.stage.budget_minor = VALUE_MINOR, ACCELERATOR * 100
        session.commit()
        play.reference = challenge.reference
        writes, buys = actor_for(lead), actor_for(_user("Oona Officer"))
        apply_template(play.reference, _template(), actor=writes, clock=clock)
        challenges.submit_for_review(play.reference, actor=writes, clock=clock)
        challenges.approve(play.reference, because="It says enough.", actor=buys, clock=clock)
        named = [_user(name).id for name in OFFICERS]
        challenges.publish(play.reference, openers_named=named, actor=buys, clock=clock)
        db.session.remove()


def _template() -> Template:
    found = library.templates()["staged"]
    return replace(found, stages=tuple(_sized(each) for each in found.stages))


def _sized(stage: Planned) -> Planned:
    if stage.kind is StageKind.AGREEMENT:
        return replace(stage, amount=Decimal(AGREEMENT))
    heard_first = stage.kind is StageKind.INTERVIEW and stage.suppliers == 6
    return replace(stage, suppliers=HEARD) if heard_first else stage


def apply(play: Play) -> None:
    """Have three suppliers write their applications and submit them."""
    clock = play.site.clock
    with play.site.app.app_context():
        for name in ON_PAPER:
            actor = _supplier(name)
            made = bids.start_bid(play.reference, actor=actor, clock=clock).reference
            for key in _questions(_stage(play, 1)):
                words = f"{name} would ask first ({key})."
                bids.save_answer(made, key, words, actor=actor, clock=clock)
            bids.save_terms(
                made,
                contract_accepted=True,
                contract_points="",
                ai_statement="",
                actor=actor,
                clock=clock,
            )
            bids.submit_bid(made, actor=actor, arrived=clock.now(), clock=clock)
            play.bids[name] = made
        db.session.remove()


def judge(play: Play) -> None:
    """Open the applications, and have the panel score them and lock what it agreed on."""
    clock, at = play.site.clock, play.reference
    with play.site.app.app_context():
        session = db.session()
        first, second = (actor_for(_user(name)) for name in OFFICERS[:2])
        panel.name_panel(
            at,
            chair=_user(PANEL[0]).id,
            evaluators=[_user(name).id for name in PANEL[1:]],
            actor=actor_for(_user("Lena Lead")),
            clock=clock,
        )
        open_the_bids(at, first, second, clock=clock)
        chair, *evaluators = (actor_for(_user(name)) for name in PANEL)
        challenge = session.scalars(select(Challenge)).one()
        for member in (chair, *evaluators):
            panel.accept_briefing(at, actor=member, clock=clock)
            nothing = no_interests(session, challenge)
            panel.declare_interests(at, nothing, actor=member, clock=clock)
        panel.begin_scoring(at, actor=chair, clock=clock)
        db.session.remove()
    score(play, 1, PANEL[1:], ON_PAPER)
    with play.site.app.app_context():
        panel.begin_moderation(at, actor=chair, clock=clock)
        db.session.remove()
    agree(play, 1, ON_PAPER)
    with play.site.app.app_context():
        award.conclude_scoring(at, actor=chair, clock=clock)
        db.session.remove()


def score(play: Play, number: int, names: Sequence[str], given: Mapping[str, int]) -> None:
    """Have evaluators score the bids of a stage, each alike on every question, and submit."""
    at = Place(play.reference, number)
    with play.site.app.app_context():
        stage = _stage(play, number)
        cells = {
            bid: panel.DraftCell(Decimal(given[name]), f"{name} is plain.")
            for name, bid in _bids_of(stage).items()
        }
        for name in names:
            evaluator = actor_for(_user(name))
            for key in _questions(stage):
                panel.save_draft(at, key, cells, actor=evaluator, clock=play.site.clock)
            panel.submit_scores(at, actor=evaluator, clock=play.site.clock)
        db.session.remove()


def agree(play: Play, number: int, given: Mapping[str, int]) -> None:
    """Have the chair record that the panel agrees on what each bid of a stage was given."""
    with play.site.app.app_context():
        stage = _stage(play, number)
        chair = actor_for(_user(PANEL[0]))
        present = [seat.label for seat in panels.seats(db.session(), stage.id)]
        for key in _questions(stage):
            for name, bid in _bids_of(stage).items():
                panel.record_consensus(
                    Place(play.reference, number),
                    key,
                    bid,
                    value=Decimal(given[name]),
                    rationale=f"We agreed that {name} is plain about {key}.",
                    present=present,
                    actor=chair,
                    clock=play.site.clock,
                )
        db.session.remove()


def _stage(play: Play, number: int) -> Stage:
    return db.session.scalars(
        select(Stage)
        .join(Challenge)
        .where(Challenge.reference == play.reference, Stage.ordinal == number)
    ).one()


def _bids_of(stage: Stage) -> dict[str, str]:
    rows = db.session.scalars(select(Bid).where(Bid.stage_id == stage.id))
    return {bid.supplier.name: bid.reference for bid in rows}


def _questions(stage: Stage) -> list[str]:
    return [each.key for each in stage.criteria if each.kind is CriterionKind.QUALITY]


def _user(name: str) -> User:
    return db.session.scalars(select(User).where(User.name == name)).one()


def _supplier(name: str) -> Actor:
    return actor_for(_user(f"{name.split(maxsplit=1)[0]} Supplier"))
