"""A panel that judges without names: whatever it can reach tells no bidder and leads to none.

What says a name and what says an alias are never on one page: interests are declared in names, bids
are read by aliases, and nothing joins the two.
"""

import hashlib
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bids.documents import Attachment
from bids.lifecycle import BidState
from bids.models import Bid
from challenges.documents.kinds import MEDIA_TYPES
from challenges.lifecycle import State
from challenges.models import Stage
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from marketplace.core.transaction import transaction
from scoring.panel import queries, service
from scoring.panel.aliases.files import as_shown, cleaned
from scoring.panel.aliases.models import BidAlias, ReadingOrder
from scoring.panel.lifecycle import Measure, Seat
from scoring.panel.order import in_reading_order
from tests.conftest import NOW
from tests.factories import a_bid, a_person, a_supplier, an_opening
from tests.integration.challenges.browser import send
from tests.integration.panel.conftest import Scene, build_scene, enter
from tests.unit.panel.test_cleaning import MARKER as AUTHOR
from tests.unit.panel.test_cleaning import a_pdf

SUPPLIERS = ("Aardquokka Labs", "Mandrillby Works", "Zorillaton Data")
# What tells a bidder: its name, its people's addresses, its file's name and author, its reference.
TELLING = (*(name.split()[0] for name in SUPPLIERS), "quaggahost", AUTHOR, "B-TEST", "Yapokplan")
# Where interests in names are declared and decided, and their own pages say so.
OF_NAMES = re.compile(r"/panel/interests|/panel(/progress|/begin|/moderation/begin)?$")


@pytest.fixture
def blind(session: Session, clock: FixedClock) -> Scene:
    """Give a challenge with three opened bids, each with a file, whose panel sees no names."""
    scene = build_scene(session, clock, State.CLOSED)
    scene.challenge.stage.names_withheld = True
    scene.challenge.state = State.OPENED
    content = a_pdf()
    for name in SUPPLIERS:
        supplier = a_supplier(session, NOW, name)
        person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN, name=f"Ada {name}")
        person.email = f"{supplier.id}@quaggahost.example"
        file = Attachment(
            f"Yapokplan {name}.pdf",
            MEDIA_TYPES["pdf"],
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
        bid = a_bid(
            session,
            NOW,
            scene.challenge,
            supplier,
            person,
            text="We would ask people first.",
            price_minor=100_00,
            attached=[(file, content)],
            state=BidState.VALID,
        )
        scene.bids[name] = bid.reference
    an_opening(session, NOW, scene.challenge, scene.users["olga"], scene.users["otto"])
    scene.users["both"] = a_person(
        session,
        NOW,
        scene.body,
        *(Role.PROCUREMENT_OFFICER, Role.EVALUATOR, Role.AUDITOR, Role.APPROVER),
        name="Bo Both",
    )
    session.commit()
    return scene


def begun(scene: Scene, session: Session) -> dict[str, str]:
    """Bring the panel to scoring, Eva recused from one; give what each bid is called."""
    scene.name(["eva", "evan", "evie", "both"], observers=["evo"])
    for who in scene.members():
        scene.brief(who)
        scene.declare(who, **({SUPPLIERS[2]: "A friend works there."} if who == "eva" else {}))
    scene.decide("eva", SUPPLIERS[2], Measure.RECUSE)
    scene.begin()
    bidders = queries.bidders(session, scene.challenge.stage.id)
    # From here on the panel's services know bids by what the panel calls them.
    scene.bids = {bidder.supplier_name: bidder.handle for bidder in bidders}
    return {bidder.supplier_name: bidder.shown for bidder in bidders}


LINK = re.compile(r'(?:href|action|src)="(/work[^"#]*)"')


def reach(client: FlaskClient, scene: Scene) -> Iterator[tuple[str, TestResponse]]:
    """Follow every link from the challenge's page, the panel's and the dashboard's."""
    base = f"/work/challenges/{scene.reference}"
    waiting = [base, f"{base}/panel", f"{base}/panel/progress", f"{base}/log", "/work"]
    waiting += [f"{base}/log?q=quokka", f"{base}/bids", f"{base}/queries"]
    waiting += [f"{base}/panel/moderation", f"{base}/panel/record", f"{base}/decision"]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        yield path, answer
        if answer.mimetype == "text/html":
            for link in LINK.findall(answer.text.replace("&amp;", "&")):
                if link not in seen and (link.startswith(base) or link == "/work"):
                    seen.add(link)
                    waiting.append(link)


def told(path: str, answer: TestResponse) -> str:
    """Give all that an answer says: its address, its headers, its text, a file's own properties."""
    said = f"{path}\n{answer.headers}\n"
    if answer.mimetype == MEDIA_TYPES["xlsx"]:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
        cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
        return said + "\n".join([*cells, str(book.properties)])
    if answer.mimetype == MEDIA_TYPES["pdf"]:
        reader = PdfReader(io.BytesIO(answer.data))
        pages = [str(page) for page in reader.pages]
        return (
            said + "\n".join([str(reader.metadata), *pages]) + bytes(answer.data).decode("latin-1")
        )
    return said + str(answer.text)


def watch(client: FlaskClient, scene: Scene, who: str, aliases: dict[str, str]) -> dict[str, str]:
    """Have somebody look everywhere; give what each page said."""
    enter(client, scene.users[who])
    pages = {path: told(path, answer) for path, answer in reach(client, scene)}
    for path, said in pages.items():
        names = [word for word in TELLING if word.lower() in said.lower()]
        # An own page names whom one is kept away from, beside the aliases of all the others.
        home = path.endswith("/panel") and names == [SUPPLIERS[2].split()[0]]
        hidden = [aliases[SUPPLIERS[2]]] if home else aliases.values()
        aliased = [alias for alias in hidden if alias in said]
        assert not names or (OF_NAMES.search(path) and not aliased), (who, path, names, aliased)
        assert "B-TEST" not in said, (who, path)
    return pages


def test_nothing_that_the_panels_people_reach_tells_a_bidder(
    blind: Scene, session: Session, client: FlaskClient
) -> None:
    aliases = begun(blind, session)
    base = f"/work/challenges/{blind.reference}/panel"
    pages = watch(client, blind, "eva", aliases)
    # Eva reads two of the three, and is told by name from whom she is kept away.
    read = "".join(pages[path] for path in pages if "/questions/" in path or "/bids/" in path)
    assert [alias in read for alias in aliases.values()].count(True) == 2
    assert aliases[SUPPLIERS[2]] not in read
    files = [path for path in pages if "/files/" in path]
    assert len(files) == 2
    assert all("attachment" in pages[path] and "file 1.pdf" in pages[path] for path in files)
    assert any(path.endswith("scores.xlsx") for path in pages)
    handle = blind.bids[SUPPLIERS[0]]
    sent = send(
        client,
        f"{base}/questions/solves",
        {f"score-{handle}": "3", f"reason-{handle}": "Good.", "then": f"bid:{handle}"},
    )
    assert sent.location == f"{base}/bids/{handle}"
    watch(client, blind, "both", aliases)

    for who in ("eva", "evan", "evie", "both"):
        blind.submit(who)
    service.begin_moderation(blind.reference, actor=blind.actor("cher"), clock=blind.clock)
    for who in ("cher", "eva"):
        pages = watch(client, blind, who, aliases)
        listed = re.findall(r"Bid [A-Z]\w+", pages[f"{base}/moderation"])
        assert list(dict.fromkeys(listed)) == sorted(set(listed))
    for key, bid in itertools.product(("solves", "team"), blind.bids.values()):
        service.record_consensus(
            blind.reference,
            key,
            bid,
            value=Decimal(3),
            rationale="All agreed.",
            present=[blind.label("cher"), blind.label("evan")],
            actor=blind.actor("cher"),
            clock=blind.clock,
        )
    with transaction() as locking:
        stage = locking.get_one(Stage, blind.challenge.stage.id)
        service.lock_quality(locking, stage, actor=blind.actor("cher"), clock=blind.clock)
    watch(client, blind, "evo", aliases)
    # Somebody else with that role reads the result, which names them, and signs off.
    enter(client, blind.users["both"])
    decision = f"/work/challenges/{blind.reference}/decision"
    for path in (
        decision,
        f"{decision}/sign-off",
        f"{decision}/bids/B-TEST",
        f"{decision}/advance",
        f"{decision}/low-prices",
    ):
        refused = client.get(path)
        assert refused.status_code == 403, path
        assert "somebody else with your role reads it" in refused.text, path
    enter(client, blind.users["cher"])
    shown = client.get(f"{base}/moderation").text
    assert all(f"{name} ({alias})" in shown for name, alias in aliases.items())

    for notice in session.scalars(select(Notice)):
        text = f"{notice.subject}\n{notice.text}\n{notice.calendar}"
        assert not [word for word in TELLING if word.lower() in text.lower()], notice.text


def test_officer_who_scores_is_kept_from_the_officers_pages_until_the_panel_has_finished(
    blind: Scene, session: Session, client: FlaskClient
) -> None:
    begun(blind, session)
    base = f"/work/challenges/{blind.reference}"
    bid = session.scalars(select(Bid.reference)).first()
    paths = ["bids", f"bids/{bid}", f"bids/{bid}/eligibility", f"bids/{bid}/files/0", "queries"]
    enter(client, blind.users["both"])
    for path, status in (*((path, 403) for path in paths), ("log.json", 409)):
        answer = client.get(f"{base}/{path}")
        assert answer.status_code == status, path
        assert not [word for word in TELLING if word.lower() in answer.text.lower()], path
    # By its reference the panel knows no bid.
    assert client.get(f"{base}/panel/bids/{bid}").status_code == 404
    # Whoever does not sit on the panel works on.
    enter(client, blind.users["olga"])
    assert client.get(f"{base}/bids").status_code == 200
    assert client.get(f"{base}/bids/{bid}/eligibility").status_code == 200


def test_file_that_cannot_be_cleaned_is_not_given_and_the_page_says_why(
    blind: Scene, session: Session, client: FlaskClient
) -> None:
    begun(blind, session)
    content = a_pdf(password="secret")
    locked = Attachment(
        "Yapokplan.pdf", MEDIA_TYPES["pdf"], len(content), hashlib.sha256(content).hexdigest()
    )
    handle = blind.bids[SUPPLIERS[0]]
    bidder = queries.bidder_named(queries.bidders(session, blind.challenge.stage.id), handle)
    with pytest.raises(WrongMoment, match="cannot be given to you while names are withheld"):
        cleaned(bidder, 0, locked, io.BytesIO(content))
    odd = replace(locked, name="a.Yapokplan")
    assert as_shown(bidder, 1, odd).name == f"{bidder.shown}, file 2.pdf"
    assert as_shown(replace(bidder, named=True), 0, locked).name == "Yapokplan.pdf"


def test_the_entry_lets_an_auditor_do_the_order_and_the_aliases_again(
    blind: Scene, session: Session
) -> None:
    references = dict(blind.bids)
    aliases = begun(blind, session)
    entry = next(e for e in chain_entries(session, blind.reference) if e.action == "scoring.began")
    fields = entry.fields
    seed = bytes.fromhex(str(fields["order_seed"]))
    assert fields["order_sha256"] == hashlib.sha256(seed).hexdigest()
    assert session.scalars(select(ReadingOrder.seed)).one() == seed
    assert fields["aliases"] == {references[name]: alias for name, alias in aliases.items()}
    assert len(session.scalars(select(BidAlias)).all()) == len(SUPPLIERS)
    wanted = in_reading_order(seed, blind.label("evan"), list(references.values()), lambda r: r)
    page = service.read_question(
        blind.reference, "solves", actor=blind.actor("evan"), clock=blind.clock
    )
    assert [own.bidder.reference for own in page.current.scores] == wanted


def test_whoever_read_a_bid_under_its_name_cannot_sit_on_the_panel(
    blind: Scene, client: FlaskClient
) -> None:
    enter(client, blind.users["both"])
    read = f"/work/challenges/{blind.reference}/bids/{blind.bids[SUPPLIERS[0]]}"
    # As an officer: who only scores could not open it.
    assert client.get(read).status_code == 200
    with pytest.raises(Invalid) as refused:
        blind.name(["eva", "evan", "evie", "both"])
    assert "read bids under the names" in refused.value.fields["evaluators"]
    blind.name()
    with pytest.raises(Invalid) as refused:
        service.add_member(
            blind.reference,
            user_id=blind.users["both"].id,
            seat=Seat.OBSERVER,
            reason="To look on.",
            actor=blind.actor("olga"),
            clock=blind.clock,
        )
    assert "read bids under the names" in refused.value.fields["person"]


def test_names_in_answers_are_found_masked_and_read_by_nobody_on_the_panel(
    blind: Scene, session: Session, client: FlaskClient
) -> None:
    name = SUPPLIERS[0]
    supplier = a_supplier(session, NOW, "Okapiwood Ltd")
    person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN, name="Mo Okapi")
    text = "At OKAPIWOOD we ask first, see www.okapiwood.example or ask Mo Okapi"
    bid = a_bid(session, NOW, blind.challenge, supplier, person, BidState.VALID, text=text)
    blind.bids[supplier.name] = bid.reference
    session.commit()
    base = f"/work/challenges/{blind.reference}"
    page = f"{base}/panel/masks"
    enter(client, blind.users["olga"])
    assert page in client.get(f"{base}/bids").text
    shown = client.get(page).text
    assert "OKAPIWOOD" in shown
    assert "www.okapiwood.example" in shown
    assert name in shown
    read = chain_entries(session, blind.reference)[-1]
    assert (read.action, read.fields["looked_for"]) == ("bid.read", "names")
    ticked = {f"found-{bid.reference}": ["OKAPIWOOD", "www.okapiwood.example"]}
    missing = send(client, page, {**ticked, f"more-{bid.reference}": "Nowhere", "reason": "Told."})
    assert missing.status_code == 422
    assert "Write words as they stand in" in missing.text
    content = send(client, page, {f"more-{bid.reference}": "we ask first", "reason": "Told."})
    assert content.status_code == 422
    assert "These words stay, for they name nobody: we ask first." in content.text
    more = {f"more-{bid.reference}": "mo okapi", "reason": "They tell who bids."}
    assert send(client, page, {**ticked, **more}).status_code == 303
    entry = chain_entries(session, blind.reference)[-1]
    assert entry.action == "answer.masked"
    assert entry.fields["words"] == ["OKAPIWOOD", "www.okapiwood.example", "mo okapi"]
    assert "Nothing was found that is not masked." in client.get(page).text

    begun(blind, session)
    question = service.read_question(
        blind.reference, "solves", actor=blind.actor("evan"), clock=blind.clock
    )
    seen = question.answers[bid.id]
    assert seen.startswith("At [name withheld] we ask first, see [name withheld] or ask [name")
    desk = service.read_desk(blind.reference, "sheet", actor=blind.actor("evan"), clock=blind.clock)
    assert "kapi" not in str(desk.answers).lower()
    # What was read cannot be taken back, and whoever judges never looks.
    enter(client, blind.users["olga"])
    assert client.get(page).status_code == 409
    for who in ("both", "cher", "eva"):
        enter(client, blind.users[who])
        assert client.get(page).status_code == 403
