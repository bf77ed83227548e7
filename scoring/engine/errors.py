"""What the engine says when it refuses a document: one `Problem` for each thing that is wrong."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong, where it stands, and what would have been right."""

    path: str
    message: str
    expected: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}; expected {self.expected}"


class BadEvaluation(Exception):
    """The evaluation document cannot be scored; `problems` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
