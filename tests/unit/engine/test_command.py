"""`marketplace score`, run as people run it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from scoring.engine import evaluate, render
from scoring.engine.command import main
from tests.unit.engine.documents import simple, with_price

PROGRAM = "import sys; from scoring.engine.command import main; sys.exit(main(sys.argv[1:]))"
ROOT = Path(__file__).parents[3]


def run(*arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Run the command in a process of its own."""
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, input=given, capture_output=True, check=False, cwd=ROOT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps(with_price()))
    return path


def test_score_file_prints_the_result_document(file: Path) -> None:
    done = run(str(file))

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == render(evaluate(file.read_bytes()))


def test_score_standard_input_prints_the_same(file: Path) -> None:
    assert run("-", given=file.read_bytes()).stdout == run(str(file)).stdout


def test_score_bad_input_has_a_line_for_each_problem() -> None:
    done = run("-", given=json.dumps(simple(title=5, stage=6)).encode())

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines() == [
        "$.title: found the integer 5; expected text",
        "$.stage: found the integer 6; expected text",
    ]


def test_score_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    bids = [simple()["bids"][0] | {"id": f"b{number}"} for number in range(2_000)]
    path.write_text(json.dumps(simple() | {"bids": bids}))
    command = [sys.executable, "-c", PROGRAM, "--no-sensitivity", str(path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        complaint = process.stderr.read()

    assert (process.returncode, complaint) == (0, b"")


def test_score_needs_nothing_but_the_standard_library_and_little_of_it(file: Path) -> None:
    program = (
        "import sys; from scoring.engine.command import main; main(sys.argv[1:]);"
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('marketplace', 'flask', 'sqlalchemy', 'dataclasses', 'inspect', 'argparse')],"
        " file=sys.stderr)"
    )
    command = [sys.executable, "-S", "-c", program, str(file)]
    done = subprocess.run(command, capture_output=True, check=True, cwd=ROOT)

    assert done.stderr == b"[]\n"


# In this process, so that every branch is seen


def test_score_explain_prints_every_step(
    file: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["--explain", str(file)]) == 0

    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0] == "A: ranked"
    assert lines[1] == (
        "  Price: price 120; 100 × 80 (lowest price) / 120 = 200/3 (66.67) %; "
        "200/3 (66.67) / 100 × weight 40 = 80/3 (26.67) points"
    )
    assert "C: ranked" in lines


def test_score_without_sensitivity_leaves_it_out(
    file: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main([str(file), "--no-sensitivity"]) == 0
    assert "sensitivity" not in json.loads(capsysbinary.readouterr().out)

    assert main([str(file)]) == 0
    assert "sensitivity" in json.loads(capsysbinary.readouterr().out)


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_score_help_is_printed(option: str, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main([option]) == 0
    assert capsysbinary.readouterr().out.startswith(b"usage: marketplace score")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "expected one FILE, found 0"),
        (["a", "b"], "expected one FILE, found 2"),
        (["--loud", "a"], "unknown option --loud"),
        (["-x", "a"], "unknown option -x"),
    ],
)
def test_score_wrong_usage_says_what_is_expected(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.splitlines()[:2] == [
        line,
        "usage: marketplace score [--explain] [--no-sensitivity] FILE",
    ]


@pytest.mark.parametrize(
    ("name", "line"),
    [("missing.json", "No such file or directory"), (".", "Is a directory")],
)
def test_score_file_that_cannot_be_read_is_one_line(
    name: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / name)

    assert main([path]) == 2
    assert capsys.readouterr().err == f"{path}: {line}\n"


def test_score_file_name_with_a_null_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["a\0b"]) == 2
    assert capsys.readouterr().err == "a\\x00b: cannot be read\n"


class Endless(io.RawIOBase):
    """Standard input that never ends."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        memory = memoryview(buffer)  # type: ignore[arg-type]  # any writable buffer
        memory[:] = b" " * len(memory)
        return len(memory)


class Terminal:
    """What `sys.stdin` is to the command."""

    def __init__(self, buffer: BinaryIO) -> None:
        self.buffer = buffer


def test_score_endless_input_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(io.BufferedReader(Endless())))

    assert main(["-"]) == 2
    assert capsys.readouterr().err.startswith("$: the document is larger than 20 MB")


def test_score_pipe_without_a_reader_is_no_error(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main([str(file)]) == 0

    assert capsys.readouterr().err == ""


def test_score_output_that_cannot_be_written_is_one_line(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/full").open("wb") as full:
        monkeypatch.setattr(sys, "stdout", Terminal(full))
        status = main([str(file)])
        with pytest.raises(OSError, match="No space left"):
            full.close()

    assert status == 2
    assert capsys.readouterr().err == "standard output: No space left on device\n"
