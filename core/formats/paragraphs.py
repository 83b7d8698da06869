"""Markdown as plain paragraphs, for files that have no use for markup."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.token import Token


def plain_paragraphs(markdown: str) -> list[str]:
    """The text of Markdown by paragraphs; markup is dropped, HTML in it stays visible letters."""
    paragraphs: list[str] = []
    bullet = ""
    for token in MarkdownIt("commonmark", {"html": False}).parse(markdown):
        if token.type == "list_item_open":
            bullet = "• "
        elif token.type == "inline":
            paragraphs.append(bullet + "".join(map(_text_of, token.children or ())))
            bullet = ""
        elif token.type in ("fence", "code_block"):
            paragraphs.extend(token.content.splitlines())
    return [paragraph for paragraph in paragraphs if paragraph.strip()]


def _text_of(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(map(_text_of, token.children)) if token.children else token.content
