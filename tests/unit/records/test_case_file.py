"""The ZIP of a case file, and who may have it: by rule, without a database."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Role
from scoring.records.casefile import policy
from scoring.records.casefile.writing import Front, Left, Part, safe_name, write

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
FRONT = Front("CH-1", "<script>alert(1)</script>", "Example Council", NOW)


class Forward:
    """Takes bytes and cannot go back."""

    def __init__(self) -> None:
        self.held = io.BytesIO()

    def write(self, chunk: bytes, /) -> int:
        return self.held.write(chunk)


def told(message: str, **values: object) -> str:
    return message % values if values else message


def packed(*parts: Part, left: tuple[Left, ...] = ()) -> tuple[zipfile.ZipFile, list[int]]:
    target, done = Forward(), list[int]()
    write(parts, left, FRONT, target, translate=told, done=done.append)
    return zipfile.ZipFile(target.held), done


def a_part(path: str, content: bytes = b"x", title: str = "A part") -> Part:
    return Part(path, title, NOW, "Bids", lambda: [content])


def test_every_file_is_named_with_its_digest_and_nothing_else() -> None:
    file, done = packed(a_part("bids/a.json", b"{}"), a_part("log/log.json", b"[]"))

    lines = [line.split("  ") for line in file.read("SHA256SUMS").decode().splitlines()]
    assert {name for _digest, name in lines} == set(file.namelist()) - {"SHA256SUMS"}
    assert all(hashlib.sha256(file.read(name)).hexdigest() == digest for digest, name in lines)
    assert file.testzip() is None
    assert done == [1, 2]


def test_index_tells_what_is_left_out_and_runs_nothing() -> None:
    part = a_part("a.txt", title="=HYPERLINK(1)<b>")
    file, _done = packed(part, left=(Left("Notes", "Private <i>"),))

    page, table = file.read("index.html").decode(), file.read("index.csv").decode("utf-8-sig")
    assert "<script>" not in page.replace("&lt;", "")
    assert "Private &lt;i&gt;" in page
    assert "'=HYPERLINK(1)<b>" in table
    assert "Private <i>" in table


@pytest.mark.parametrize("path", ["../a", "/a", "a/../b", "a//b", ".ssh/a", "a\\b", "a/", "C:/a"])
def test_path_that_leads_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no path"):
        packed(a_part(path))


def test_two_parts_of_one_path_are_refused_also_where_case_is_not_told_apart() -> None:
    with pytest.raises(ValueError, match="no path"):
        packed(a_part("bids/A.pdf"), a_part("bids/a.pdf"))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("Müller & Söhne.pdf", "Muller-Sohne.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("🦆🦆", "unnamed"),
        ("...", "unnamed"),
        ("a" * 200 + ".pdf", "a" * 76 + ".pdf"),
        ("CON\x00.txt", "CON-.txt"),
    ],
)
def test_name_of_a_file_is_plain(text: str, name: str) -> None:
    assert safe_name(text) == name
    assert safe_name(name) == name


def test_content_is_asked_for_in_turn_and_never_held_together() -> None:
    alive: list[int] = []

    def chunks(number: int) -> Iterator[bytes]:
        alive.append(number)
        assert alive == list(range(number + 1))
        yield b"a" * 10
        yield b"b" * 10

    parts = [Part(f"p{n}", "", None, "", lambda n=n: chunks(n)) for n in range(3)]  # type: ignore[misc]  # bound early
    file, _done = packed(*parts)

    assert file.read("p2") == b"a" * 10 + b"b" * 10


def actor(*roles: Role) -> Actor:
    return Actor(UUID(int=1), "Una Sample", UUID(int=2), frozenset(roles))


@pytest.mark.parametrize("state", [s for s in State if s in policy.READY])
@pytest.mark.parametrize("role", [Role.PROCUREMENT_OFFICER, Role.AUDITOR])
def test_officers_and_auditors_ask_once_it_is_decided_or_ended(state: State, role: Role) -> None:
    assert policy.can_ask(actor(role), state, published=True, unnamed=False).allowed


@pytest.mark.parametrize("state", [State.OPEN, State.EVALUATING, State.DRAFT])
def test_nobody_asks_before(state: State) -> None:
    answer = policy.can_ask(actor(Role.AUDITOR), state, published=True, unnamed=False)

    assert answer.ground is Ground.MOMENT


def test_what_was_never_published_has_no_case_file() -> None:
    answer = policy.can_ask(actor(Role.AUDITOR), State.CANCELLED, published=False, unnamed=False)

    assert answer.ground is Ground.MOMENT


def test_who_judges_without_names_and_who_has_another_role_does_not_ask() -> None:
    unnamed = policy.can_ask(actor(Role.AUDITOR), State.SIGNED, published=True, unnamed=True)
    lead = policy.can_ask(actor(Role.CHALLENGE_LEAD), State.SIGNED, published=True, unnamed=False)

    assert (unnamed.ground, lead.ground) == (Ground.RIGHT, Ground.RIGHT)


def test_who_judges_without_names_again_does_not_have_a_file_that_was_made() -> None:
    answer = policy.can_download(actor(Role.AUDITOR), whole=True, unnamed=True)

    assert answer.ground is Ground.RIGHT


def test_a_whole_file_is_for_auditors() -> None:
    officer, auditor = actor(Role.PROCUREMENT_OFFICER), actor(Role.AUDITOR)

    assert policy.can_download(officer, whole=False, unnamed=False).allowed
    assert policy.can_download(auditor, whole=True, unnamed=False).allowed
    assert policy.can_download(officer, whole=True, unnamed=False).ground is Ground.RIGHT
    assert policy.can_download(actor(Role.CHAIR), whole=False, unnamed=False).ground is Ground.RIGHT
