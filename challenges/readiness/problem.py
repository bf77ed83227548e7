"""What is missing or weak in how the problem is told. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.readiness.products import of_products
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge

# A problem told in fewer words leaves bidders guessing.
PROBLEM_WORDS = 40


def of_problem(challenge: "Challenge") -> Iterator[Finding]:
    """Look at the problem."""
    section = Section.PROBLEM
    if not challenge.title.rstrip().endswith("?"):
        yield advice(
            section,
            N_(
                "The title is not a question. A question such as “How can technology help …?” "
                "invites ideas that you have not thought of."
            ),
        )
    if not challenge.summary:
        yield Finding(section, N_("Write a summary: people read it first."))
    if not challenge.problem:
        yield Finding(section, N_("Describe the problem."))
    elif len(challenge.problem.split()) < PROBLEM_WORDS:
        yield advice(
            section,
            N_("The problem is told in a few words only. Say what happens, where and how often."),
        )
    yield from of_products(section, challenge.title, challenge.summary, challenge.problem)
    if not challenge.today:
        yield advice(section, N_("Say what happens today, so that nobody offers what you have."))
