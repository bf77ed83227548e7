"""`marketplace score`: the engine without the web, for anyone who holds an evaluation document."""

import os
import sys
from typing import BinaryIO

from scoring.engine import BadEvaluation, evaluate, render
from scoring.engine.json_text import MOST_BYTES
from scoring.engine.numbers import one_line

USAGE = """usage: marketplace score [--explain] [--no-sensitivity] FILE

Score an evaluation document (evaluation/1) and print its result document.

  FILE              the document; - reads it from standard input
  --explain         print how every result came about, as text, in place of the document
  --no-sensitivity  leave out what could change the result
"""

_OPTIONS = {"--explain", "--no-sensitivity"}


def main(argv: list[str]) -> int:
    """Run `score` with these arguments; 0 with a result printed, 2 for bad input or usage."""
    if "-h" in argv or "--help" in argv:
        return _print(USAGE.encode())
    options = {argument for argument in argv if argument.startswith("-") and argument != "-"}
    files = [argument for argument in argv if argument not in options]
    unknown = sorted(options - _OPTIONS)
    if unknown:
        return _complain([f"unknown option {unknown[0]}", USAGE.strip()])
    if len(files) != 1:
        return _complain([f"expected one FILE, found {len(files)}", USAGE.strip()])
    try:
        source = _read(files[0])
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = error.strerror if isinstance(error, OSError) else None
        return _complain([f"{one_line(files[0])}: {why or 'cannot be read'}"])
    try:
        result = evaluate(source, sensitivity="--no-sensitivity" not in options)
    except BadEvaluation as bad:
        return _complain([str(problem) for problem in bad.problems])
    return _print(_explained(result) if "--explain" in options else render(result))


def _read(name: str) -> bytes:
    """Read no more than shows that a document is too large."""
    if name == "-":
        return _at_most(sys.stdin.buffer)
    with open(name, "rb") as file:
        return _at_most(file)


def _at_most(file: BinaryIO) -> bytes:
    return file.read(MOST_BYTES + 1)


def _explained(result: dict[str, object]) -> bytes:
    """Write the traces as text, each bid under its id."""
    lines = []
    for bid in result["bids"]:  # type: ignore[attr-defined]  # JSON values carry no types
        lines += [f"{bid['id']}: {bid['outcome']}", *(f"  {line}" for line in bid["trace"]), ""]
    return "\n".join(lines).encode()


def _print(output: bytes) -> int:
    """Print bytes as they are: the result is UTF-8 whatever the terminal's own encoding."""
    try:
        sys.stdout.buffer.write(output)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _complain([f"standard output: {error.strerror}"])
    return 0


def _complain(lines: list[str]) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 2
