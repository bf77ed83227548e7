"""How each section is read from a draft's rows and put into them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from challenges.drafting.models import RecordAnswer, TeamMember
from challenges.joining.lifecycle import Joining
from challenges.method import stored
from challenges.models import Challenge, CoSponsor, Criterion
from challenges.sections import (
    Benefits,
    Constraints,
    Content,
    Member,
    Money,
    Outcome,
    People,
    Place,
    Problem,
    Record,
    Recorded,
    Requirements,
    Section,
    Sponsors,
    Support,
    Team,
    Terms,
    Timeline,
    Tried,
)

Reader = Callable[[Challenge], Content]


def read(challenge: Challenge, section: Section) -> Content:
    """Give what a section holds now.

    Raises:
        KeyError: the section is the criteria, which are read one by one.
    """
    return _READERS[section](challenge)


def put(challenge: Challenge, content: Content) -> None:
    """Put a section's content into a draft."""
    match content:
        case Money():
            _put_money(challenge, content)
        case Timeline():
            _put_timeline(challenge, content)
        case Sponsors():
            kept = {sponsor.name: sponsor for sponsor in challenge.co_sponsors}
            # Who joined by its own decision leaves by its own, and not by a line that is deleted.
            joined = {
                each.body.name
                for each in challenge.joint_sponsors
                if each.joining is Joining.JOINED
            }
            challenge.co_sponsors = [
                kept.get(name) or CoSponsor(name=name) for name in sorted({*content.names, *joined})
            ]
        case Team():
            _put_team(challenge, content)
        case Record():
            _put_record(challenge, content)
        case _:
            # Each of their texts is a column of the same name.
            for name, value in vars(content).items():
                setattr(challenge, name, value)


def _put_timeline(challenge: Challenge, content: Timeline) -> None:
    challenge.stage.closes_at = content.closes_at
    challenge.stage.questions_until = content.questions_until
    challenge.interviews_on = content.interviews_on
    challenge.decision_on = content.decision_on
    challenge.starts_on = content.starts_on


def _put_team(challenge: Challenge, content: Team) -> None:
    for name in ("panel_planned", "contact_name", "contact_email", "contact_shown"):
        setattr(challenge, name, getattr(content, name))
    kept = {member.duty: member for member in challenge.team}
    team = []
    for member in content.members:
        row = kept.get(member.duty) or TeamMember(duty=member.duty)
        row.user_id, row.name = member.user_id, member.name
        team.append(row)
    challenge.team = team


def _put_record(challenge: Challenge, content: Record) -> None:
    kept = {answer.topic: answer for answer in challenge.record}
    record = []
    for answer in content.answers:
        row = kept.get(answer.topic) or RecordAnswer(topic=answer.topic)
        row.text, row.not_applicable = answer.text, answer.not_applicable
        record.append(row)
    challenge.record = record


def _put_money(challenge: Challenge, content: Money) -> None:
    challenge.legal_route = content.legal_route
    challenge.value_minor = content.value_minor
    stage = challenge.stage
    stage.budget_minor = content.budget_minor
    method = replace(
        stored.read(stage),
        price_model=content.price_model,
        best_minor=content.best_minor,
        worst_minor=content.worst_minor,
        price_weight=content.price_weight,
    )
    stored.put(stage, method.kept())


def next_ordinal(criteria: Sequence[Criterion]) -> int:
    """Give the place of a criterion that is added at the end."""
    return max((criterion.ordinal for criterion in criteria), default=0) + 1


def _read_money(challenge: Challenge) -> Money:
    stage = challenge.stage
    method = stored.read(stage)
    return Money(
        price_model=method.price_model,
        legal_route=challenge.legal_route,
        value_minor=challenge.value_minor,
        budget_minor=stage.budget_minor,
        best_minor=method.best_minor,
        worst_minor=method.worst_minor,
        price_weight=method.price_weight,
    )


def _read_team(challenge: Challenge) -> Team:
    return Team(
        tuple(Member(each.duty, each.user_id, each.name) for each in challenge.team),
        challenge.panel_planned,
        challenge.contact_name,
        challenge.contact_email,
        challenge.contact_shown,
    ).kept()


def _read_record(challenge: Challenge) -> Record:
    return Record(
        tuple(Recorded(each.topic, each.text, each.not_applicable) for each in challenge.record)
    ).kept()


_READERS: Mapping[Section, Reader] = {
    Section.PROBLEM: lambda c: Problem(c.title, c.summary, c.problem, c.today, c.why_now),
    Section.PEOPLE: lambda c: People(c.affected, c.research),
    Section.TRIED: lambda c: Tried(c.tried),
    Section.OUTCOME: lambda c: Outcome(c.outcome, c.measures),
    Section.BENEFITS: lambda c: Benefits(c.benefits),
    Section.CONSTRAINTS: lambda c: Constraints(c.constraints),
    Section.SUPPORT: lambda c: Support(c.support, c.people_offered),
    Section.PLACE: lambda c: Place(c.region, c.sector, c.round, c.reach, c.pooling),
    Section.MONEY: _read_money,
    Section.REQUIREMENTS: lambda c: Requirements(
        c.required_turnover_minor, c.required_insurance_minor, c.requirements
    ),
    Section.TIMELINE: lambda c: Timeline(
        c.stage.closes_at, c.stage.questions_until, c.interviews_on, c.decision_on, c.starts_on
    ),
    Section.DOCUMENTS: lambda c: Terms(c.terms, c.terms_link),
    Section.SPONSORS: lambda c: Sponsors(tuple(s.name for s in c.co_sponsors)),
    Section.TEAM: _read_team,
    Section.RECORD: _read_record,
}
