"""Asks the index of words: which challenges answer, how well, and where their words stand.

SQLite and PostgreSQL differ here and nowhere above: FTS5 with bm25, and tsvector with ts_rank.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from challenges.finding.keeping import BM25_WEIGHTS
from challenges.finding.models import ChallengeText
from challenges.finding.wanted import Wanted

# Around what was found. They are control characters, which no text here has.
_BEGIN, _END = "\x02", "\x03"
_MARKED = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")
_STRAY = re.compile(f"[{_BEGIN}{_END}]")
# Signs of light Markdown, and what parts two texts, say nothing in a line of running text: where a
# link leads, what begins a list, a quotation or a heading, and what stands around words.
_SIGNS = re.compile(
    r"\]\([^)\s]*\)?"
    r"|(?:^|(?<=[\n\u2029]))[ \t]*(?:[-+>]|[0-9]{1,3}[.)])[ \t]+"
    r"|[*_#`\[\]|\u2029]+"
)
_BEFORE_A_STOP = re.compile(r" (?=[.,;:!?])")
_SNIPPET_WORDS = 32

_FTS = table("challenge_words", column("rowid"))


class Unindexed(FunctionElement[Any]):
    """A column that SQLite must not look up in an index of its own.

    Once words have chosen a few rows, it would else read a whole index of challenges, and ask of
    each whether it is among them. PostgreSQL counts before it chooses.
    """

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Unindexed)
def _as_it_is(element: Unindexed, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(Unindexed, "sqlite")
def _with_a_plus(element: Unindexed, compiler: SQLCompiler, **kw: Any) -> str:
    return "+" + compiler.process(element.clauses, **kw)


@dataclass(frozen=True)
class Marked:
    """Where the words stand: title and summary with `<mark>`, and a piece of the text if they
    stand there."""

    title: Markup
    summary: Markup
    piece: Markup | None


def matches(session: Session, wanted: Wanted, *, ranked: bool) -> Select[uuid.UUID, int]:
    """Select `challenge_id` and `score` of what answers; a better answer has a higher score.

    The score is a whole number, so that a page can begin after it exactly. It is 0 unless
    `ranked`, because ranking what half of all texts hold takes longer than finding it.
    """
    score: ColumnElement[int]
    if session.get_bind().dialect.name == "sqlite":
        score = (
            literal_column(f"CAST(-bm25(challenge_words, {BM25_WEIGHTS}) * 1000000 AS INTEGER)")
            if ranked
            else literal_column("0")
        )
        hits = (
            select(_FTS.c.rowid.label("number"), score.label("score"))
            .select_from(_FTS)
            .where(
                # Several searches may stand in one statement.
                text("challenge_words MATCH :wanted").bindparams(
                    bindparam("wanted", wanted.fts5, unique=True)
                )
            )
            .cte()
            .prefix_with("MATERIALIZED")
        )
        return select(ChallengeText.challenge_id, hits.c.score).join(
            hits, hits.c.number == ChallengeText.number
        )
    asked = func.to_tsquery("english", wanted.tsquery)
    words_column: ColumnElement[Any] = literal_column("challenge_text.words")
    score = (
        cast(func.ts_rank(words_column, asked) * 1_000_000_000, BigInteger)
        if ranked
        else literal_column("0")
    )
    # Words first here too: else the planner may walk an index of all that was published, and
    # look into the words of each challenge on the way.
    hits = (
        select(ChallengeText.challenge_id, score.label("score"))
        .where(words_column.op("@@")(asked))
        .cte()
        .prefix_with("MATERIALIZED")
    )
    return select(hits.c.challenge_id, hits.c.score)


def marked(
    session: Session, wanted: Wanted, ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, Marked]:
    """Give where the words stand in some challenges that answer, in one statement."""
    if not ids:
        return {}
    query: Select[*tuple[Any, ...]]
    pieces: list[ColumnElement[str]]
    if session.get_bind().dialect.name == "sqlite":
        marks = f"'{_BEGIN}', '{_END}'"
        pieces = [
            literal_column(f"highlight(challenge_words, 0, {marks})"),
            literal_column(f"highlight(challenge_words, 1, {marks})"),
            literal_column(f"snippet(challenge_words, 2, {marks}, '…', {_SNIPPET_WORDS})"),
        ]
        query = (
            select(ChallengeText.challenge_id, *pieces)
            .select_from(ChallengeText)
            .join(_FTS, _FTS.c.rowid == Unindexed(ChallengeText.number))
            .where(text("challenge_words MATCH :wanted").bindparams(wanted=wanted.fts5))
        )
    else:
        asked = func.to_tsquery("english", wanted.tsquery)
        marks = f"StartSel={_BEGIN}, StopSel={_END}"
        query = select(
            ChallengeText.challenge_id,
            func.ts_headline("english", ChallengeText.title, asked, f"{marks}, HighlightAll=true"),
            func.ts_headline(
                "english", ChallengeText.summary, asked, f"{marks}, HighlightAll=true"
            ),
            func.ts_headline(
                "english",
                ChallengeText.body,
                asked,
                f"{marks}, MaxWords={_SNIPPET_WORDS}, MinWords=12, MaxFragments=1",
            ),
        )
    found = session.execute(query.where(ChallengeText.challenge_id.in_(ids)))
    return {
        key: Marked(
            _marked(title),
            _marked(summary),
            _marked(plain(body)) if _BEGIN in body else None,
        )
        for key, title, summary, body in found
    }


def plain(piece: str) -> str:
    """Give a piece of light Markdown as running text, with the marks of what was found in it."""
    return _BEFORE_A_STOP.sub("", " ".join(_SIGNS.sub(" ", piece).split()))


def _marked(said: str) -> Markup:
    """Make a text safe for a page, with `<mark>` around what was found."""
    parts = _MARKED.split(said)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if at % 2 else escape(_STRAY.sub("", part))
        for at, part in enumerate(parts)
    )
