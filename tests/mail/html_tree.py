"""The HTML of a mail, taken apart as strictly as a careful mail program would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset({"meta", "img", "br", "hr", "link", "input", "wbr"})


@dataclass
class Element:
    """A tag with its attributes, the tags around it (outermost first), and the words in it."""

    tag: str
    attributes: dict[str, str]
    around: tuple[Element, ...]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def style(self) -> dict[str, str]:
        rules = (rule.partition(":") for rule in self.attributes.get("style", "").split(";") if rule)
        return {name.strip(): value.strip() for name, _, value in rules}

    def is_in(self, tag: str) -> bool:
        return any(element.tag == tag for element in self.around)


class Tree(HTMLParser):
    """Every element in order, and the comments; a tag that is closed out of turn is an AssertionError."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.comments: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert self._open == [], [element.tag for element in self._open]

    def find(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def styled(self) -> Iterator[Element]:
        return (element for element in self.elements if "style" in element.attributes)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def as_outlook(html: str) -> str:
    """What the Windows program with the engine of a word processor reads: its own parts, and not those of others."""
    without = re.sub(r"<!--\[if !mso\]><!-->.*?<!--<!\[endif\]-->", "", html, flags=re.DOTALL)
    return re.sub(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", r"\1", without, flags=re.DOTALL)
