"""HCL, version 1, as far as Vault policies need it.

Anything that could be read in two ways is refused: escapes, interpolations, heredocs, and numbers that are not decimal.
Source: the grammar of the module `github.com/hashicorp/hcl`, version 1, with which Vault parses policies.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

_TOKEN = re.compile(
    r"""
    (?P<skipped>[ \t\r\n]+ | \#[^\n]* | //[^\n]* | /\*(?s:.*?)\*/)
    | (?P<text>"(?:[^"\\\n$] | \$(?!\{))*")
    | (?P<word>[A-Za-z_][A-Za-z0-9_.-]*)
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?![\w.]))
    | (?P<sign>[{}\[\],=])
    """,
    re.VERBOSE,
)
_REFUSED = (
    (re.compile(r'"[^"\\\n]*\$\{'), "an interpolation; write it literally"),
    (re.compile(r'"[^"\\\n]*\\'), "a backslash; write texts without escapes"),
    (re.compile('"'), "a text that does not end on its line; close its quotation marks"),
    (re.compile(r"<<"), "a heredoc; write comments with #"),
    (re.compile(r"/\*"), "a comment that does not end; close it with */"),
    (re.compile(r"-?[0-9]"), "a number in a notation that is not supported; write it as a text or in decimal"),
)
"""Notations that HCL has but this module refuses, each with the advice for a message. The first that matches counts."""
_BOOLEANS = {"true": True, "false": False}
_DEEPEST = 20
"""Deepest nesting. Policies need five levels."""
_LONGEST_EXCERPT = 40


class UnsupportedHCL(ValueError):  # noqa: N818  # may be valid HCL
    """A text is not HCL, or has a notation that is refused.

    The message names the line.
    """


@dataclass(frozen=True)
class Item:
    """A value or block with its keys, as in `a = 1` and `path "b" {}`."""

    keys: tuple[str, ...]
    value: "Value"
    line: int


@dataclass(frozen=True)
class Block:
    """The items in braces, after an equals sign or not."""

    items: tuple[Item, ...]


Value = str | float | bool | Block | Sequence["Value"]


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    line: int


def parse(text: str) -> tuple[Item, ...]:
    """Return the items of a text, in its order. Raises UnsupportedHCL."""
    return _Parser(text).items("", 0)


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tuple(_tokens(text))
        self._index = 0

    def items(self, end: str, depth: int) -> tuple[Item, ...]:
        """Return the items up to the sign that ends them. A comma may follow each."""
        found: list[Item] = []
        while not self._take(end):
            found.append(self._item(depth))
            self._take(",")
        return tuple(found)

    def _item(self, depth: int) -> Item:
        line = self._next.line
        keys: list[str] = []
        while self._next.kind == "text" or (self._next.kind == "word" and self._next.text not in _BOOLEANS):
            keys.append(self._advance().text)
        if keys and self._take("{"):
            return Item(tuple(keys), self._block(depth), line)
        if len(keys) != 1 or not self._take("="):
            self._refuse("a key with a value, or a block")
        return Item(tuple(keys), self._value(depth), line)

    def _value(self, depth: int) -> Value:
        if self._take("{"):
            return self._block(depth)
        if self._take("["):
            return self._list(depth + 1)
        token = self._next
        if token.kind not in {"text", "number"} and token.text not in _BOOLEANS:
            self._refuse("a value")
        self._advance()
        if token.kind == "number":
            return float(token.text)
        return token.text if token.kind == "text" else _BOOLEANS[token.text]

    def _block(self, depth: int) -> Block:
        self._limit(depth)
        return Block(self.items("}", depth + 1))

    def _list(self, depth: int) -> Sequence[Value]:
        self._limit(depth)
        values: list[Value] = []
        while not self._take("]"):
            values.append(self._value(depth))
            if self._take("]"):
                break
            if not self._take(","):
                self._refuse("a comma or the end of the list")
        return values

    @property
    def _next(self) -> _Token:
        return self._tokens[self._index]

    def _advance(self) -> _Token:
        self._index += 1
        return self._tokens[self._index - 1]

    def _take(self, sign: str) -> bool:
        """Pass over a sign if it comes next. Empty text stands for the end."""
        is_next = self._next.kind == "sign" and self._next.text == sign
        self._index += is_next and sign != ""
        return is_next

    def _limit(self, depth: int) -> None:
        if depth >= _DEEPEST:
            raise UnsupportedHCL(f"line {self._next.line} is nested too deeply; use at most {_DEEPEST} levels")

    def _refuse(self, expected: str) -> NoReturn:
        found = "the end of the text" if self._take("") else f'"{_excerpt(self._next.text)}"'
        raise UnsupportedHCL(f"line {self._next.line} has {found} in place of {expected}")


def _tokens(text: str) -> Iterator[_Token]:
    position, line = 0, 1
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise UnsupportedHCL(f"line {line} has {_refused(text, position)}")
        if match.lastgroup != "skipped":
            yield _Token(match.lastgroup, match[0].strip('"'), line)
        line += match[0].count("\n")
        position = match.end()
    yield _Token("sign", "", line)


def _refused(text: str, position: int) -> str:
    notation = next((notation for pattern, notation in _REFUSED if pattern.match(text, position)), None)
    return notation or f"the character {text[position]!r}, which has no meaning in a policy; remove it"


def _excerpt(text: str) -> str:
    return text if len(text) <= _LONGEST_EXCERPT else f"{text[:_LONGEST_EXCERPT]}…"
