"""What the demonstration's bodies wrote besides: whole, and about challenges that there are."""

from challenges.drafting.kinds import Topic
from marketplace.demonstration.content import load
from marketplace.demonstration.drafting import drafts

CONTENT = load()


def test_own_drafts_belong_to_challenges_that_there_are() -> None:
    assert set(drafts().own) <= {item.key for item in CONTENT.challenges}


def test_record_answers_every_question_for_every_route() -> None:
    assert set(drafts().record) | {"route"} == set(Topic)
    assert {item.legal_route for item in CONTENT.challenges} <= set(drafts().routes)
