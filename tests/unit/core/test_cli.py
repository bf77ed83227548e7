"""The command: what it says when asked wrongly, and its exit codes."""

import pytest

from marketplace.cli import USAGE, main


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_command_asked_for_help_gives_it(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out == USAGE


@pytest.mark.parametrize("words", [[], ["scores"], ["--version"], ["", "x"]])
def test_command_that_is_none_says_what_there_is(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    found = capsys.readouterr()
    assert (found.out, found.err) == ("", USAGE)


def test_command_reads_its_own_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["marketplace", "help"])

    assert main() == 0


def test_command_score_of_a_file_that_is_not_there_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["score", "/nowhere/at-all.json"]) != 0
    assert "at-all.json" in capsys.readouterr().err
