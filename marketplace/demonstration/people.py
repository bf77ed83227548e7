"""Says who takes part: the named people, and for every other organisation people from the pool.

Pure. Every organisation has somebody in each role that its challenges have needed so far.
"""

from collections.abc import Iterator, Mapping

from marketplace.demonstration.shapes import Content, Person, Role

# So many score each bid. Where one must stand aside, another joins the panel.
EVALUATORS = 3
# What it takes to publish a challenge: a lead who writes it, and three officers who may open its
# bids, any two of whom do.
WRITERS: tuple[Role, ...] = (
    "procurement_officer",
    "challenge_lead",
    "procurement_officer",
    "procurement_officer",
)
# What it takes to open bids and to decide on them.
JUDGES: tuple[Role, ...] = ("chair", "evaluator", "evaluator", "evaluator", "approver", "auditor")

# Whom of other bodies a visitor can be: by body and by place among its people, with what they see.
VISITED: Mapping[tuple[str, int], tuple[str, str]] = {
    ("nhs-national-services-scotland", 2): (
        "Procurement officer of another body",
        "Is the second officer where bids were received on another service: you see first three "
        "bids that wait for you to check them and bring them in.",
    ),
    ("sepa", 1): (
        "Challenge lead who accepts work",
        "Goes with the work under a signed contract: you see a milestone that the supplier has "
        "reported, which waits for you to accept it.",
    ),
    ("stirling-council", 5): (
        "Evaluator who judges without names",
        "Scores bids that are called by aliases: no page, file or message says whose they are "
        "until the decision is out.",
    ),
    ("forestry-and-land-scotland", 0): (
        "Procurement officer of a staged challenge",
        "Follows a challenge whose suppliers went on to a second stage: you see who was invited "
        "and where each stage stands.",
    ),
}


def everybody(content: Content) -> list[Person]:
    """Give all people, the named ones first, in the order of the files."""
    named = {person.organisation for person in content.people}
    names = _free_names(content)
    people = list(content.people)
    for organisation in content.organisations:
        if organisation.key not in named:
            people += _made_up(organisation.key, _roles_needed(content, organisation.key), names)
    for supplier in content.suppliers:
        if supplier.key not in named:
            people += _made_up(supplier.key, ("supplier_admin",), names)
    return people


def evaluators_needed(content: Content, challenge_key: str) -> int:
    """Say how many evaluators a challenge's panel has in the end: three, or four."""
    bid_set = content.bids_on(challenge_key)
    bids = bid_set.bids if bid_set else ()
    return max(
        [EVALUATORS, *(n for bid in bids for cell in bid.scores.values() for n in cell.alone)]
    )


def _roles_needed(content: Content, body: str) -> tuple[Role, ...]:
    own = [item for item in content.challenges if item.buyer == body]
    if not own:
        return WRITERS[:1]
    judged = [item for item in own if item.closes_in_days is not None and item.closes_in_days < 0]
    if not judged:
        return WRITERS
    more: list[Role] = ["evaluator"]
    more *= max(evaluators_needed(content, item.key) for item in judged) - EVALUATORS
    return (*WRITERS, *JUDGES, *more)


def _made_up(
    organisation: str, roles: tuple[Role, ...], names: Iterator[tuple[str, str]]
) -> list[Person]:
    people = []
    for place, (role, (given, family)) in enumerate(zip(roles, names, strict=False)):
        key = f"{given}-{family}".lower()
        title, about = VISITED.get((organisation, place), (None, None))
        people.append(
            Person(
                key=key,
                name=f"{given} {family}",
                email=f"{given}.{family}@{organisation}.example".lower(),
                organisation=organisation,
                roles=(role,),
                demo_role=title,
                demo_description=about,
            )
        )
    return people


def _free_names(content: Content) -> Iterator[tuple[str, str]]:
    """Give names that nobody has, in an order that mixes given names and surnames."""
    pool = content.name_pool
    taken = {person.name for person in content.people}
    for turn in range(len(pool.family)):
        for place, given in enumerate(pool.given):
            family = pool.family[(place + turn) % len(pool.family)]
            if f"{given} {family}" not in taken:
                yield given, family
