"""The one tokenizer for `:name` placeholders, whatever the database.

Left alone: strings, quoted identifiers (`"x"`, `` `x` ``, `[x]`), dollar quotes, PostgreSQL's `E'..'` strings,
comments (nested ones too), casts (`::type`) and assignments (`:=`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

Style = Literal["pyformat", "named", "sqlalchemy"]

_TOKEN: Final = re.compile(
    r"""
    (?P<string> (?<!\w)[eE]'(?:[^'\\]|\\.|'')*(?:'|\\?\Z) | '(?:[^']|'')*(?:'|\Z) )
    | (?P<identifier> "(?:[^"]|"")*(?:"|\Z) | `(?:[^`]|``)*(?:`|\Z) | \[[^\]]*(?:\]|\Z) )
    | (?P<dollar> (?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z) )
    | (?P<line> --[^\r\n]* )
    | (?P<block> /\* )
    | (?P<colons> ::+ | := )
    | (?P<name> :[^\W\d]\w* )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE: Final = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    text: str
    name: str | None


def _comment_end(sql: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)


def _pieces(sql: str) -> Iterator[_Piece]:
    """The statement cut into placeholders and the text between them; joined, it is the statement again."""
    done = position = 0
    while token := _TOKEN.search(sql, position):
        position = _comment_end(sql, token.start()) if token.lastgroup == "block" else token.end()
        if token.lastgroup != "name":
            continue
        if token.start() > done:
            yield _Piece(done, sql[done : token.start()], None)
        yield _Piece(token.start(), token.group(), token.group()[1:])
        done = position
    if done < len(sql):
        yield _Piece(done, sql[done:], None)


def without_quoted(sql: str) -> str:
    """The statement with a space for every string, quoted identifier and comment."""
    kept, position = [], 0
    while token := _TOKEN.search(sql, position):
        plain = token.lastgroup in ("colons", "name")
        kept += [sql[position : token.end() if plain else token.start()], "" if plain else " "]
        position = _comment_end(sql, token.start()) if token.lastgroup == "block" else token.end()
    return "".join([*kept, sql[position:]])


def find(sql: str) -> list[str]:
    """The names of the placeholders, each once, in the order of their first appearance."""
    return list(dict.fromkeys(piece.name for piece in _pieces(sql) if piece.name is not None))


# Per style: what becomes of the text between placeholders, and of a placeholder.
_STYLES: Final[dict[Style, tuple[Callable[[str], str], Callable[[str], str]]]] = {
    "pyformat": (lambda text: text.replace("%", "%%"), lambda name: f"%({name})s"),
    "named": (lambda text: text, lambda name: f":{name}"),
    # SQLAlchemy takes no placeholder that touches a word on its left.
    "sqlalchemy": (lambda text: text.replace(":", "\\:"), lambda name: f" :{name}"),
}


def rewrite(sql: str, style: Style) -> str:
    """The same statement in the spelling of a driver."""
    text, placeholder = _STYLES[style]
    return "".join(text(piece.text) if piece.name is None else placeholder(piece.name) for piece in _pieces(sql))


def original_offset(sql: str, sent: int) -> int:
    """Where character `sent` of the statement with `$1`, `$2` .. for its placeholders is in the statement as written.

    Both count from 0.
    """
    numbers = {name: number for number, name in enumerate(find(sql), start=1)}
    for piece in _pieces(sql):
        length = len(piece.text) if piece.name is None else len(f"${numbers[piece.name]}")
        if sent < length:
            return piece.start + (sent if piece.name is None else 0)
        sent -= length
    return len(sql)


def line_and_column(sql: str, offset: int) -> tuple[int, int]:
    """Both from 1, as editors count."""
    before = sql[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
