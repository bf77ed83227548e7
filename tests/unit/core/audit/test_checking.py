"""`marketplace verify` as a command: exit codes, what it reads, and what it refuses."""

import io
import json
import sys
from pathlib import Path

import pytest

from marketplace.cli import main
from marketplace.core.audit import chains, keychain, receipts
from marketplace.core.audit.signing import Signer
from tests.unit.core.audit.test_chains import SIGNER, a_log
from tests.unit.core.audit.test_passports import FILE as PASSPORT_FILE
from tests.unit.core.audit.test_receipts import KEY, LATER, NOTE, RECEIPT, a_checkpoint

LATER_KEY = Signer(KEY.name, b"\x0a" * 32)
RESIGNED = LATER_KEY.sign(receipts.write(RECEIPT))


@pytest.fixture
def file(tmp_path: Path) -> "Files":
    """Give what writes files."""
    return Files(tmp_path)


class Files:
    """Writes files and gives their names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, content: str | bytes, name: str = "") -> str:
        """Write one."""
        path = self.folder / (name or f"{len(list(self.folder.iterdir()))}.txt")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


def test_receipt_with_a_trusted_key_ends_with_0_and_without_with_3(file: Files) -> None:
    assert main(["verify", file(NOTE), "--trust", file(f"{KEY.verifier}\n")]) == 0
    assert main(["verify", file(NOTE)]) == 3
    assert main(["verify", file(NOTE), "--trust", file(f"{LATER_KEY.verifier}\n")]) == 3


def test_changed_receipt_ends_with_1_and_says_where(
    file: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = NOTE.replace('"version":2}', '"version":3}')

    assert main(["verify", file(changed), "--trust", file(str(KEY.verifier))]) == 1
    assert "does not fit the text" in capsys.readouterr().out


def test_receipt_that_lost_a_part_in_its_e_mail_ends_with_1(
    file: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = receipts.armour(NOTE).split("\n")
    cut = "\n".join([*lines[:3], lines[3][1:], *lines[4:]])

    assert main(["verify", file(cut)]) == 1
    assert "shortened or changed" in capsys.readouterr().out


def test_chain_is_told_from_a_receipt_and_checked(
    file: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    content = chains.build(a_log())
    keys = file(str(SIGNER.verifier))

    assert main(["verify", file(content + b"\n"), "--trust", keys]) == 0
    assert main(["verify", file(content)]) == 3
    assert main(["verify", file(content[:-9]), "--trust", keys]) == 1
    assert main(["verify", file(content), "--checkpoint", file(a_checkpoint(LATER))]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_trust_follows_a_change_of_key_that_the_old_key_signed(file: Files) -> None:
    change = keychain.hand_over(KEY, LATER_KEY.verifier)
    forged = keychain.hand_over(LATER_KEY, KEY.verifier)
    comments = f"# the key of the first year\n\n{KEY.verifier}\n\n"

    assert main(["verify", file(RESIGNED), "--trust", file(comments + change)]) == 0
    assert main(["verify", file(RESIGNED), "--trust", file(comments + forged)]) == 3


def test_receipt_is_read_from_standard_input(
    file: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    armoured = f"> Dear Sam\n>\n{receipts.armour(NOTE)}\nGoodbye"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(armoured.encode())))

    assert main(["verify", "-", "--trust", file(str(KEY.verifier))]) == 0
    assert "File unchanged, sums agree" in capsys.readouterr().out


def test_findings_as_json_say_status_place_and_sentence(
    file: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", file(NOTE), "--trust", file(str(KEY.verifier)), "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "proven"
    assert found["signer"] == str(KEY.verifier)
    assert {"proven", "asserted", "withheld"} == {item["status"] for item in found["findings"]}
    assert all(item["where"] and item["what"] for item in found["findings"])


def test_checkpoint_without_its_proof_claims_nothing_and_says_what_is_missing(
    file: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["verify", file(NOTE), "--trust", file(str(KEY.verifier))]

    assert main([*asked, "--checkpoint", file(a_checkpoint(LATER))]) == 0
    assert "consistency proof from 7 to 20" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("trusted", "said"),
    [(None, "/log/keys to a file"), (str(LATER_KEY.verifier), "/log/keys/changes")],
    ids=["no key", "another key"],
)
def test_receipt_of_an_unknown_signer_says_where_keys_are_found(
    file: Files, capsys: pytest.CaptureFixture[str], trusted: str | None, said: str
) -> None:
    assert main(["verify", file(NOTE), *(["--trust", file(trusted)] if trusted else [])]) == 3

    assert said in capsys.readouterr().out


def test_what_a_file_says_cannot_move_the_cursor(
    file: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = KEY.sign("receipt/1\n\x1b[2J\n{}\n").replace(KEY.name, "\x1b]0;x\x07")

    assert main(["verify", file(hostile)]) == 1
    assert main(["verify", file(KEY.sign('receipt/1\nx\n"\x1b[2J"\n'))]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_passport_ends_as_a_receipt_does(file: Files, capsys: pytest.CaptureFixture[str]) -> None:
    changed = PASSPORT_FILE.replace(b'"staff":7', b'"staff":9')

    assert main(["verify", file(PASSPORT_FILE), "--trust", file(f"{KEY.verifier}\n")]) == 0
    assert "Lanterns" in capsys.readouterr().out
    assert main(["verify", file(PASSPORT_FILE)]) == 3
    assert main(["verify", file(changed)]) == 1
    assert main(["verify", file(PASSPORT_FILE), "--checkpoint", file("x")]) == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "required: FILE"),
        (["{receipt}", "{receipt}"], "unrecognized"),
        (["--unknown", "{receipt}"], "unrecognized"),
        (["/nowhere/at-all.txt"], "at-all.txt cannot be read"),
        (["{folder}"], "cannot be read"),
        (["{bytes}"], "no text in UTF-8"),
        (["{words}"], "neither an award report nor a receipt"),
        (["{receipt}", "--trust", "{words}"], "holds no keys to trust"),
        (["{receipt}", "--trust", "{nothing}"], "holds no keys"),
        (["{receipt}", "--trust", "/nowhere"], "/nowhere cannot be read"),
        (["{receipt}", "--proof", "{proof}"], "--proof needs the --checkpoint"),
        (["{receipt}", "--checkpoint", "{words}", "--proof", "{words}"], "no proof as JSON"),
        (["{receipt}", "--checkpoint", "{words}", "--proof", "{proof}"], "no proof as JSON"),
    ],
)
def test_command_asked_wrongly_ends_with_2_and_says_why(
    file: Files, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    files = {
        "receipt": file(NOTE),
        "bytes": file(b"\xff\xfe"),
        "words": file("These are no keys."),
        "nothing": file("\n# none\n"),
        "proof": file('{"proof": [7]}'),
        "folder": str(file.folder),
    }

    assert main(["verify", *(argument.format(**files) for argument in arguments)]) == 2
    found = capsys.readouterr()
    assert why in found.err
    assert found.out == ""


def test_command_asked_for_help_explains_its_exit_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["verify", "--help"]) == 0
    assert "exit code is 0" in capsys.readouterr().out
