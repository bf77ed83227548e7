"""What anybody may read of the log: notes, tiles, proofs, keys; and nothing that is not signed."""

import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.audit import changing, keychain, proofs, signing, tiles, tree, trust
from marketplace.core.audit.models import LogStamp
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from marketplace.core.transaction import transaction
from marketplace.publishing.pages import log_views
from tests.conftest import LOG_KEY, NOW, sign_in
from tests.factories import a_body, a_person
from tests.integration.public_log.conftest import Grow, Sign

IMMUTABLE = (
    "/log/checkpoints/301",
    "/log/checkpoints/301/stamp.tsr",
    "/log/tile/0/000",
    "/log/proofs/inclusion?place=0&size=301",
    "/log/proofs/consistency?from=5&to=301",
)
SHORT = (
    "/log/checkpoint",
    "/log/tile/0/001.p/45",
    "/log/tile/1/000.p/1",
    "/log/keys",
    "/log/keys/changes",
    "/log/formats",
)

BAD_NUMBERS = (
    ("inclusion", 400, "place is missing"),
    ("inclusion?place=1", 400, "size is missing"),
    ("inclusion?place=x&size=3", 400, "place must be a whole number"),
    ("inclusion?place=-1&size=3", 400, "place must be a whole number"),
    ("inclusion?place=1.0&size=3", 400, "place must be a whole number"),
    ("inclusion?place=01&size=3", 400, "without leading 0s"),
    ("inclusion?place=1&size=" + "9" * 5000, 400, "at most 15 digits"),
    ("inclusion?place=٣&size=5", 400, "place must be a whole number"),
    ("inclusion?place=3&size=3", 422, "must be less than the size"),
    ("inclusion?place=0&size=0", 422, "must be less than the size"),
    ("inclusion?place=0&size=302", 404, "covers 301 entries"),
    ("inclusion?place=0&size=999999999999999", 404, "covers 301 entries"),
    ("consistency", 400, "from is missing"),
    ("consistency?from=1", 400, "to is missing"),
    ("consistency?from=&to=2", 400, "from must be a whole number"),
    ("consistency?from=5&to=4", 422, "does not come before"),
    ("consistency?from=5&to=302", 404, "covers 301 entries"),
)


@pytest.fixture
def full(session: Session, clock: FixedClock, grow: Grow, sign: Sign) -> None:
    """Make a log of 301 entries, signed and time-stamped, and three more that are not."""
    grow(300)
    made = sign()
    with transaction() as writing:
        writing.add(LogStamp(size=made.size, at=made.at, authority="Example TSA", token=b"token"))
    grow(3)


def leaves(client: FlaskClient, size: int) -> list[bytes]:
    """Read the leaf hashes from the tiles."""
    read = b"".join(client.get(f"/log/tile/{tile}").data for tile in tiles.of_size(size))
    return [read[at : at + 32] for at in range(0, len(read), 32)]


def root(hashes: list[bytes]) -> bytes:
    """Compute the root of leaves as the standard says it, with none of the code under test."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << ((len(hashes) - 1).bit_length() - 1)
    return tree.node_hash(root(hashes[:half]), root(hashes[half:]))


def test_log_tiles_recombine_to_the_root_that_was_signed(client: FlaskClient, full: None) -> None:
    note = client.get("/log/checkpoint").text
    checkpoint, signer = trust.open_checkpoint(note, [LOG_KEY.verifier])

    found = leaves(client, checkpoint.size)

    assert signer == LOG_KEY.verifier
    assert len(found) == checkpoint.size == 301
    assert root(found) == checkpoint.root
    assert client.get("/log/tile/1/000.p/1").data == root(found[:256])


def test_log_gives_nothing_that_the_newest_checkpoint_does_not_cover(
    client: FlaskClient, full: None
) -> None:
    beyond = (
        "/log/tile/0/001.p/46",
        "/log/tile/0/001",
        "/log/tile/0/002.p/1",
        "/log/tile/1/000.p/2",
        "/log/tile/9/000.p/1",
        "/log/proofs/inclusion?place=0&size=302",
        "/log/proofs/consistency?from=1&to=304",
        "/log/checkpoints/304",
    )

    for path in beyond:
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "304" not in answer.text.replace("asks for 304", "").replace("over 304", "")
    assert "304" not in client.get("/log").text
    assert "301" in client.get("/log").text


def test_log_tells_partial_tiles_of_any_width_alike(client: FlaskClient, full: None) -> None:
    whole = client.get("/log/tile/0/001.p/45").data

    assert len(whole) == 45 * 32
    for width in (1, 17, 44):
        assert client.get(f"/log/tile/0/001.p/{width}").data == whole[: width * 32]


def test_log_tile_with_an_address_of_another_form_is_refused_in_one_line(
    client: FlaskClient, full: None
) -> None:
    for address in (
        *("entries/000", "0/0", "0/1", "0/x000/001", "00/000", "0/001/002", "0/x001", "-1/000"),
        *("0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p/", "64/000", "0/٠٠٠"),
        "0/" + "x999/" * 9 + "999",
    ):
        answer = client.get(f"/log/tile/{address}")

        assert (answer.status_code, answer.mimetype) == (400, "text/plain"), address
        assert "LEVEL/INDEX" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_log_proofs_lead_from_every_leaf_and_every_size_to_the_root(
    client: FlaskClient, grow: Grow, sign: Sign
) -> None:
    grow(12)
    made = sign()
    found = leaves(client, made.size)

    for place in range(made.size):
        told = client.get(f"/log/proofs/inclusion?place={place}&size={made.size}").get_json()
        assert (told["place"], told["size"]) == (place, made.size)
        steps = [bytes.fromhex(step) for step in told["proof"]]
        assert tree.includes(found[place], place, made.size, steps, made.root)
    for old in range(1, made.size + 1):
        told = client.get(f"/log/proofs/consistency?from={old}&to={made.size}").get_json()
        assert (told["from"], told["to"]) == (old, made.size)
        steps = [bytes.fromhex(step) for step in told["proof"]]
        assert tree.extends(old, made.size, steps, root(found[:old]), made.root)


def test_log_proof_with_bad_numbers_is_refused_with_the_reason(
    client: FlaskClient, full: None
) -> None:
    for query, status, word in BAD_NUMBERS:
        answer = client.get(f"/log/proofs/{query}")

        assert (answer.status_code, answer.mimetype) == (status, "application/json"), query
        assert word in answer.get_json()["error"]
        assert answer.headers["Cache-Control"] == "no-store"


def test_log_proofs_where_nothing_is_to_be_proven_are_empty(
    client: FlaskClient, full: None
) -> None:
    for query in ("inclusion?place=0&size=1", "consistency?from=0&to=9", "consistency?from=9&to=9"):
        assert client.get(f"/log/proofs/{query}").get_json()["proof"] == []


def test_log_checkpoint_of_a_size_stays_as_it_was_signed(
    client: FlaskClient, session: Session, grow: Grow, sign: Sign
) -> None:
    grow(4)
    first = sign()
    grow(6)
    second = sign()

    assert client.get(f"/log/checkpoints/{first.size}").text == first.note
    assert client.get("/log/checkpoint").text == second.note
    assert client.get(f"/log/checkpoints/{second.size}").text == second.note
    old = trust.open_checkpoint(first.note, [LOG_KEY.verifier])[0]
    assert old.root == proofs.root(session, first.size)
    missing = client.get("/log/checkpoints/7")
    assert (missing.status_code, missing.mimetype) == (404, "text/plain")
    assert "/log/checkpoints lists all" in missing.text


def test_log_checkpoint_of_a_size_that_is_no_number_is_refused(client: FlaskClient) -> None:
    for size in ("x", "-5", "05", "5.0", "9" * 40, "٥"):
        answer = client.get(f"/log/checkpoints/{size}")

        assert answer.status_code == 400, size
        assert "SIZE must be a whole number" in answer.text


def test_log_stamp_is_given_where_there_is_one_and_its_lack_is_said(
    client: FlaskClient, full: None, grow: Grow, sign: Sign, clock: FixedClock
) -> None:
    assert client.get("/log/checkpoints/301/stamp.tsr").data == b"token"
    assert "Time-stamped by Example TSA" in client.get("/log").text
    clock.instant += timedelta(hours=1)

    bare = sign()

    answer = client.get(f"/log/checkpoints/{bare.size}/stamp.tsr")
    assert answer.status_code == 404
    assert answer.text == "This checkpoint is not independently witnessed.\n"
    assert "Not independently witnessed" in client.get("/log").text
    page = client.get("/log/checkpoints").text
    assert page.index("Not independently witnessed") < page.index("Time-stamped")


def test_log_keys_are_given_one_a_line_with_what_leads_from_one_to_the_next(
    client: FlaskClient, session: Session, clock: FixedClock, grow: Grow, sign: Sign
) -> None:
    grow(1)
    sign()
    new = changing.change(clock)

    told = client.get("/log/keys").text
    changes = client.get("/log/keys/changes").text

    assert told == f"{LOG_KEY.verifier}\n{new}\n"
    assert keychain.follow(LOG_KEY.verifier, [changes]) == [LOG_KEY.verifier, new]
    # Together they are a file of trusted keys.
    assert trust.read_keys(f"{LOG_KEY.verifier}\n\n{changes}") == [LOG_KEY.verifier, new]
    assert trust.open_checkpoint(client.get("/log/checkpoint").text, [new])[1] == new
    assert str(new) in client.get("/log").text.replace("&#43;", "+")


def test_log_without_a_checkpoint_says_so_everywhere(
    client: FlaskClient, session: Session, grow: Grow
) -> None:
    for entries in (0, 5):
        if entries:
            grow(entries)
        assert "No checkpoint has been signed yet" in client.get("/log").text
        assert "No checkpoint has been signed yet" in client.get("/log/checkpoints").text
        newest = client.get("/log/checkpoint")
        assert (newest.status_code, newest.text) == (404, "No checkpoint has been signed yet.\n")
        assert client.get("/log/tile/0/000.p/1").status_code == 404
        assert client.get("/log/proofs/consistency?from=0&to=1").status_code == 404
        assert client.get("/log/keys").text == f"{LOG_KEY.verifier}\n"
        assert client.get("/log/keys/changes").text == ""


def test_log_page_lists_checkpoints_newest_first_and_goes_on_by_size(
    client: FlaskClient, session: Session, grow: Grow, sign: Sign
) -> None:
    sizes = []
    for _ in range(52):
        grow(1)
        sizes.append(sign().size)

    def listed(path: str) -> list[int]:
        return [int(size) for size in re.findall(r'href="/log/checkpoints/(\d+)"', path)]

    first = client.get("/log/checkpoints").text
    onward = re.search(r'href="(/log/checkpoints\?before=\d+)"', first)
    assert listed(first) == sizes[:1:-1]
    assert onward is not None
    grow(1)
    sign()  # one more at the top moves nothing on the next page
    second = client.get(onward[1]).text
    assert listed(second) == [sizes[1], sizes[0]]
    assert "before=" not in second
    for odd in ("x", "-1", "9" * 40, ""):
        assert client.get(f"/log/checkpoints?before={odd}").status_code == 200


@pytest.mark.parametrize("signed_in", [False, True])
def test_log_answers_for_programs_may_be_kept_by_any_cache(
    client: FlaskClient, session: Session, full: None, signed_in: bool
) -> None:
    if signed_in:
        person = a_person(session, NOW, a_body(session, NOW), Role.CHALLENGE_LEAD)
        session.commit()
        sign_in(client, person)

    for path in (*IMMUTABLE, *SHORT):
        answer = client.get(path)

        assert answer.status_code == 200, path
        assert answer.cache_control.public
        assert bool(answer.cache_control.immutable) is (path in IMMUTABLE)
        age = answer.cache_control.max_age or 0
        assert (age > 30 * 24 * 3600) if path in IMMUTABLE else (0 < age <= 300)
        assert "Vary" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_log_page_of_a_person_is_kept_in_no_cache(
    client: FlaskClient, session: Session, full: None
) -> None:
    person = a_person(session, NOW, a_body(session, NOW), Role.CHALLENGE_LEAD)
    session.commit()
    sign_in(client, person)

    for path in ("/log", "/log/checkpoints"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
    refused = client.get("/log/tile/0/777")
    assert refused.headers["Cache-Control"] == "no-store"
    assert person.name not in refused.text


def test_log_key_file_that_is_broken_before_the_first_checkpoint_breaks_no_page(
    client: FlaskClient, session: Session, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.application.extensions["settings"].log_key.write_text("something else")

    assert client.get("/log").status_code == 200
    assert client.get("/log/keys").text == ""


def test_log_notes_are_signed_by_the_key_that_the_page_shows(
    client: FlaskClient, full: None
) -> None:
    page = client.get("/log").text.replace("&#43;", "+")
    key = signing.parse_verifier(client.get("/log/keys").text)

    assert str(key) in page
    assert trust.open_checkpoint(client.get("/log/checkpoint").text, [key])[1] == key


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the application of this test answer few questions a minute."""
    monkeypatch.setattr(log_views, "_RATE", "5 per minute")


def test_log_program_that_asks_without_end_is_slowed_down(slow: None, client: FlaskClient) -> None:
    for path in ("/log/proofs/consistency?from=0&to=0", "/log/tile/0/000"):
        statuses = [client.get(path).status_code for _ in range(6)]

        assert 429 not in statuses[:5]
        assert statuses[5] == 429
    assert client.get("/log/keys").status_code == 200


def test_reports_to_be_checked_count_for_more_than_receipts(client: FlaskClient) -> None:
    """Reading one costs seconds: nobody has the service do that without end."""

    def asked(size: int) -> int:
        return client.post("/verify", data={"file": (io.BytesIO(b" " * size), "x")}).status_code

    assert [asked(100_000) for _each in range(6)].count(429) == 1
    assert asked(100) == 429
