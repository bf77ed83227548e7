"""Bids that were received elsewhere are brought in whole, by two officers, once, or not at all."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from bids.elsewhere import bringing_in, queries, service
from bids.elsewhere.models import Bringing, BringingFile, BroughtBid, BroughtSupplier
from bids.models import Bid
from bids.opened import opened_bids
from challenges.lifecycle import State
from challenges.service.deadlines import confirm_deadline, propose_deadline
from marketplace.core import jobs
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import chains
from marketplace.core.audit.findings import Status
from marketplace.core.audit.models import LogEntry
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.files.models import StoredFile
from marketplace.core.permissions import Actor, Role
from marketplace.web.timeline import public_file
from scoring.panel.aliases.queries import read_under_names
from tests.conftest import LOG_KEY, NOW
from tests.factories import a_person, actor_for
from tests.integration.bids.damage import damage, written_over
from tests.integration.elsewhere.conftest import PDF, a_bid_row, archive_of
from tests.integration.panel.conftest import Scene, enter

ROWS = [a_bid_row("Acorn", number="SC1", files="acorn/plan.pdf"), a_bid_row("Birch", price="4500")]
FILES = {"acorn/plan.pdf": PDF}


def put_down(scene: Scene, rows: Any = ROWS, files: Any = FILES, who: str = "olga") -> None:
    file = archive_of(scene.challenge, rows, files)
    service.bring_archive(scene.reference, file=file, actor=scene.actor(who), clock=scene.clock)


def digest_of(scene: Scene) -> str:
    scene.session.rollback()
    waiting = queries.waiting_of(scene.session, scene.challenge.stage.id)
    assert waiting is not None
    return queries.check_of(scene.session, scene.challenge, waiting, scene.clock).digest


def bring_in(scene: Scene, who: str = "otto", seen: str | None = None) -> int:
    return bringing_in.bring_in(
        scene.reference, seen=seen or digest_of(scene), actor=scene.actor(who), clock=scene.clock
    )


def count(scene: Scene, table: Any) -> int:
    scene.session.rollback()
    return scene.session.scalar(select(func.count()).select_from(table)) or 0


def bytes_kept(app: Flask) -> set[str]:
    folder: Path = app.extensions["files"].folder
    return {each.name for each in folder.glob("??/*")}


def test_two_officers_bring_bids_in_and_they_read_as_opened(scene: Scene) -> None:
    put_down(scene)
    with pytest.raises(WrongMoment, match="second procurement officer"):
        bring_in(scene, "olga")
    assert bring_in(scene) == 2
    # Where names are withheld, neither of the two may judge these bids.
    knowing = read_under_names(scene.session, scene.challenge.stage)
    assert knowing == {scene.users["olga"].id, scene.users["otto"].id}
    found = opened_bids(scene.session, scene.challenge.stage.id)
    assert [bid.supplier_name for bid in found] == ["Acorn", "Birch"]
    assert [bid.price_minor for bid in found] == [4_000_00, 4_500_00]
    assert found[0].attachments[0].name == "plan.pdf"
    assert (found[0].received, found[0].flaw, found[0].eligibility) == ("elsewhere", None, None)
    scene.session.rollback()
    assert scene.challenge.state is State.OPENED
    assert count(scene, BroughtSupplier) == 2
    (waiting,) = scene.session.scalars(select(Bringing))
    assert (waiting.state, waiting.rows, waiting.kept_sha256) == ("brought", [], None)
    assert damage() == []


def test_who_leaves_a_bid_out_does_not_bring_in_the_rest(scene: Scene) -> None:
    put_down(scene)
    service.bring_one(
        scene.reference,
        cells=a_bid_row("Cedar"),
        attached=(),
        actor=scene.actor("olga"),
        clock=scene.clock,
    )
    (waiting,) = scene.session.scalars(select(Bringing))
    form = waiting.rows[-1]["form"]
    scene.session.rollback()
    service.take_out(scene.reference, form, actor=scene.actor("otto"), clock=scene.clock)
    with pytest.raises(WrongMoment, match="throw all of this away"):
        bring_in(scene, "otto")
    assert count(scene, Bid) == 0
    scene.session.rollback()
    # A ZIP in the place of all that waits is the work of one officer, so the other can look at it.
    put_down(scene)
    assert bring_in(scene, "otto") == 2


def test_fifty_broken_rows_are_all_named_and_none_comes_in(
    scene: Scene, client: FlaskClient
) -> None:
    rows = [a_bid_row(f"<b>Broken {n}", price="<i>%s", files=f"gone-{n}.pdf") for n in range(50)]
    put_down(scene, [*rows, a_bid_row("Right")], {})
    enter(client, scene.users["otto"])
    page = client.get(f"/work/challenges/{scene.reference}/bring/check").text
    assert "100 things are wrong" in page
    for n in range(50):
        assert f"Row {n + 2}<" in page
        assert f"gone-{n}.pdf" in page
    assert "Bring these bids in" not in page
    assert "&lt;b&gt;Broken 49" in page
    assert "“&lt;i&gt;%s” is no price" in page
    assert "<b>Broken" not in page
    with pytest.raises(Invalid):
        bring_in(scene)
    assert (count(scene, Bid), count(scene, BroughtSupplier)) == (0, 0)


def test_bids_come_in_once_whoever_presses_again(scene: Scene) -> None:
    put_down(scene)
    seen = digest_of(scene)
    bring_in(scene, seen=seen)
    for who in ("otto", "olga"):
        with pytest.raises(WrongMoment):
            bring_in(scene, who, seen)
    with pytest.raises(WrongMoment):
        put_down(scene)
    assert count(scene, Bid) == 2


def test_what_changed_since_it_was_seen_is_looked_at_again(scene: Scene) -> None:
    put_down(scene)
    seen = digest_of(scene)
    put_down(scene, [a_bid_row("Acorn")], {})
    with pytest.raises(StaleEdit):
        bring_in(scene, seen=seen)
    service.discard(scene.reference, actor=scene.actor("olga"), clock=scene.clock)
    with pytest.raises(NotFound):
        bring_in(scene, seen=seen)


def test_killed_midway_nothing_is_half_and_it_can_be_done_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_down(scene)

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bringing_in, "advance", killed)
        with pytest.raises(KeyboardInterrupt):
            bring_in(scene)
    assert (count(scene, Bid), count(scene, BroughtBid), count(scene, BroughtSupplier)) == (0, 0, 0)
    scene.session.rollback()
    assert scene.challenge.state is State.OPEN
    assert bring_in(scene) == 2


def test_bytes_stay_until_they_are_brought_in_or_thrown_away(scene: Scene, app: Flask) -> None:
    before = bytes_kept(app)
    put_down(scene)
    assert len(bytes_kept(app) - before) == 2
    put_down(scene, [a_bid_row("Acorn")], {})
    assert len(bytes_kept(app) - before) == 1
    with pytest.raises(Invalid):
        put_down(scene, [], FILES)
    assert len(bytes_kept(app) - before) == 1
    service.discard(scene.reference, actor=scene.actor("otto"), clock=scene.clock)
    assert bytes_kept(app) == before
    assert (count(scene, BringingFile), count(scene, StoredFile)) == (0, len(before))
    put_down(scene)
    bring_in(scene)
    assert len(bytes_kept(app) - before) == 1  # the file of the bid; the ZIP is gone


def test_a_supplier_is_found_again_by_the_body_that_brought_it_in(scene: Scene) -> None:
    put_down(scene)
    bring_in(scene)
    known = scene.session.scalars(select(BroughtSupplier.organisation_id)).all()
    assert all(scene.session.get_one(Organisation, each).verified_at is None for each in known)
    found = queries._known(scene.session, scene.body.id)
    assert [(each.name, each.number) for each in found] == [("Acorn", "SC1"), ("Birch", "")]
    assert queries._known(scene.session, known[0]) == []


def test_only_officers_of_the_body_bring_and_only_after_closing(scene: Scene) -> None:
    for who in ("lena", "cher", "eva", "abby", "audrey"):
        with pytest.raises(Exception, match="Only procurement officers"):
            put_down(scene, who=who)
    now = scene.clock.instant
    closes_at = scene.challenge.stage.closes_at
    assert closes_at is not None
    scene.clock.instant = closes_at
    with pytest.raises(WrongMoment, match="one minute"):
        put_down(scene)
    scene.clock.instant = now


def test_the_check_of_the_log_names_what_was_changed(scene: Scene) -> None:
    put_down(scene)
    bring_in(scene)
    held = scene.session.scalars(select(BroughtBid)).first()
    assert held is not None
    which, other = BroughtBid.bid_id == held.bid_id, held.document + b" "
    scene.session.rollback()
    with written_over(db.engine, BroughtBid, which, {"document": other}):
        assert ["its bytes have changed" in found for found in damage()] == [True]
    assert damage() == []


def entries(scene: Scene) -> list[str]:
    return list(
        scene.session.scalars(
            select(LogEntry.action).where(LogEntry.chain == scene.reference).order_by(LogEntry.n)
        )
    )


def test_the_log_says_what_happened_in_order(scene: Scene) -> None:
    put_down(scene)
    bring_in(scene)
    db.session.rollback()
    assert entries(scene)[-3:] == ["bringing.put_down", "challenge.closed", "bids.brought"]


def test_a_closing_that_had_moved_there_is_told_late_by_two_officers(scene: Scene) -> None:
    closes_at = scene.challenge.stage.closes_at
    assert closes_at is not None
    later = closes_at + timedelta(minutes=30)
    received = f"{closes_at + timedelta(minutes=10):%Y-%m-%d %H:%M}"
    put_down(scene, [a_bid_row("Acorn", received=received)], {})
    with pytest.raises(Invalid):
        bring_in(scene)
    jobs.run_due(scene.clock)  # the former closing is recorded
    change = propose_deadline(
        scene.reference,
        closes_to=later,
        reason="It was moved there.",
        actor=scene.actor("olga"),
        clock=scene.clock,
    )
    confirm_deadline(scene.reference, change.id, actor=scene.actor("otto"), clock=scene.clock)
    assert bring_in(scene) == 1
    assert entries(scene)[-3:] == ["deadline.extended", "challenge.closed", "bids.brought"]
    assert damage() == []
    jobs.run_due(scene.clock)
    checked = chains.check(public_file(scene.session, scene.reference), [LOG_KEY.verifier])
    assert not [each for each in checked.findings if each.status is Status.FAILED]


def test_two_officers_at_once_bring_bids_in_once(scene: Scene, app: Flask) -> None:
    third = a_person(scene.session, NOW, scene.body, Role.PROCUREMENT_OFFICER)
    scene.session.commit()
    put_down(scene)
    seen, actors = digest_of(scene), [scene.actor("otto"), actor_for(third)]
    scene.session.rollback()
    together, came = threading.Barrier(2), list[object]()

    def bring(actor: Actor) -> None:
        with app.app_context():
            together.wait(30)
            try:
                came.append(
                    bringing_in.bring_in(scene.reference, seen=seen, actor=actor, clock=scene.clock)
                )
            except WrongMoment as error:
                came.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=bring, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(came) == 2
    assert [each for each in came if isinstance(each, int)] == [2]
    assert count(scene, Bid) == 2
    assert damage() == []
