"""The text that was approved is the text that is published, and anybody can check it."""

import hashlib
import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges import service
from challenges.drafting import approved
from challenges.drafting.approved import TextDiffers
from challenges.drafting.log_checks import check
from challenges.drafting.models import ApprovedText
from challenges.lifecycle import State
from challenges.models import Challenge, CoSponsor, Plan
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from tests.conftest import NOW
from tests.factories import a_challenge, actor_for


def approve(draft: Challenge, lead: User, officer: User) -> None:
    clock = FixedClock(NOW)
    service.submit_for_review(draft.reference, actor=actor_for(lead), clock=clock)
    service.approve(
        draft.reference, because="It says enough.", actor=actor_for(officer), clock=clock
    )


def publish(draft: Challenge, officers: list[User]) -> None:
    service.publish(
        draft.reference,
        openers_named=[each.id for each in officers],
        actor=actor_for(officers[0]),
        clock=FixedClock(NOW),
    )


def test_published_text_is_the_approved_one_and_its_digest_is_in_the_log(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, officers: list[User]
) -> None:
    approve(draft, lead, officers[0])
    assert client.get(f"/challenges/{draft.reference}/text.json").status_code == 404
    publish(draft, officers)

    file = client.get(f"/challenges/{draft.reference}/text.json").data

    said = {entry.action: entry.fields for entry in log.chain_entries(session, draft.reference)}
    digest = hashlib.sha256(file).hexdigest()
    assert said["challenge.approved"]["text"] == digest
    assert said["challenge.published"]["text"] == digest
    document = json.loads(file)
    assert document["sections"]["problem"]["problem"] == draft.problem
    assert document["sections"]["timeline"]["closes_at"].startswith("2026-12-")
    assert not {"record", "team"} & set(document["sections"])
    assert "It is in our files." not in file.decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: setattr(draft, "outcome", "Another."),
        lambda draft: setattr(draft.stage.criteria[0], "guidance", "Another."),
        lambda draft: setattr(draft.stage.criteria[0].descriptors[0], "text", "Another."),
        lambda draft: draft.co_sponsors.append(CoSponsor(name="Another Body")),
        lambda draft: setattr(draft, "required_turnover_minor", 1),
    ],
    ids=["text", "criterion", "scale", "sponsor", "requirement"],
)
def test_text_that_changed_after_approval_is_not_published(
    session: Session,
    draft: Challenge,
    lead: User,
    officers: list[User],
    change: Callable[[Challenge], None],
) -> None:
    approve(draft, lead, officers[0])
    change(draft)
    session.commit()

    with pytest.raises(TextDiffers, match="not the one that was approved"):
        publish(draft, officers)

    session.expire_all()
    assert draft.state is State.READY


def test_text_approved_a_second_time_is_the_one_that_counts(
    session: Session, draft: Challenge, lead: User, officers: list[User]
) -> None:
    approve(draft, lead, officers[0])
    clock = FixedClock(NOW)
    service.return_to_draft(
        draft.reference, reason="Shorter.", actor=actor_for(officers[0]), clock=clock
    )
    draft.outcome = "Another."
    session.commit()
    approve(draft, lead, officers[0])

    publish(draft, officers)

    texts = session.scalars(sa.select(ApprovedText.sha256).order_by(ApprovedText.id)).all()
    entry = log.chain_entries(session, draft.reference)[-1 - len(officers)]
    assert len(set(texts)) == 2
    assert entry.fields["text"] == texts[-1]


def test_verification_finds_a_publication_whose_text_nobody_approved(
    session: Session, draft: Challenge, lead: User, officers: list[User]
) -> None:
    approve(draft, lead, officers[0])
    publish(draft, officers)
    log.append(
        session,
        clock=FixedClock(NOW),
        action="challenge.published",
        chain=draft.reference,
        text="0" * 64,
    )
    session.commit()

    found = {str(finding) for finding in check(session.connection())}

    assert any("is not the one that was approved" in each for each in found)
    assert any("not stored as the log names it" in each for each in found)


def test_what_was_approved_before_texts_were_kept_says_so_and_leads_to_none(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officers: list[User]
) -> None:
    ready, public = (a_challenge(session, NOW, body, lead) for _ in range(2))
    ready.state, public.state, public.published_at = State.READY, State.OPEN, NOW
    session.flush()
    session.add(Plan(challenge_id=public.id, version=1, canonical=b"{}", sha256="", frozen_at=NOW))
    session.commit()

    with pytest.raises(TextDiffers, match="approved before texts were kept"):
        publish(ready, officers)
    page = f"/challenges/{public.reference}"
    assert f"{page}/plan.json" in client.get(page).text
    assert f"{page}/text.json" not in client.get(page).text
    approved.keep(session, public, FixedClock(NOW))
    session.commit()
    assert f"{page}/text.json" in client.get(page).text
