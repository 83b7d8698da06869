"""The HTML and the text of a mail, from its view. No template of a user is run here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.document.locales import direction
from core.document.model import Brand, ReportDocument
from core.document.tokens import DARK, FONT_STACK, LIGHT, with_brand
from core.mail.markdown import markdown_html
from core.mail.table import TableLimits, TableView
from core.mail.template_blocks import Part, body_parts
from core.mail.tiles import Tile
from core.mail.view import Copy, ReportView, SectionView, report_view
from core.text import one_line

# Gmail cuts a mail off at 102 KB, footer included.
HTML_BUDGET = 80_000
# Tried in order until the HTML fits: columns go before rows.
_LIMITS = ((7, 10), (6, 10), (5, 10), (4, 8), (4, 5), (3, 3), (0, 0))
_DASHBOARD_LIMITS = ((6, 5), (5, 5), (4, 5), (4, 3), (3, 2), (0, 0))
# Keeps the body's text out of the line that inboxes show after the subject.
_PREHEADER_PADDING = "\u2007\ufeff\u034f " * 40
_TEXT_CELL = 28
_PREHEADER = 110
LOGO_CID = "logo"
_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The two bodies of a mail."""

    html: str
    text: str


def render_report(document: ReportDocument, copy: Copy, *, body_markdown: str) -> RenderedMail:
    """Both bodies, with tables cut until the HTML is within `HTML_BUDGET`.

    `body_markdown` may hold the marks of blocks, which take the place of the same part further down.
    """
    is_dashboard = len(document.sections) > 1
    parts = body_parts(body_markdown)
    for limits in _limits(parts, is_dashboard=is_dashboard):
        view = report_view(document, copy, limits)
        html = _report_html(view, parts, document=document, is_dashboard=is_dashboard)
        if len(html.encode()) <= HTML_BUDGET:
            break
    return RenderedMail(html, _report_text(view, parts))


def render_html(document: ReportDocument, copy: Copy, *, body_markdown: str) -> str:
    """The HTML alone, for a preview in a page."""
    return render_report(document, copy, body_markdown=body_markdown).html


def render_notice(
    *,
    title: str,
    subtitle: str,
    paragraphs: Sequence[str],
    reason: str,
    workspace: str,
    sent_at: str,
    url: str = "",
    url_label: str = "",
    brand: Brand | None = None,
    locale: str = "en_GB",
    body_markdown: str = "",
) -> RenderedMail:
    """A short mail without figures: something happened, and what to do; a body stands instead of the paragraphs."""
    is_rtl = direction(locale) == "rtl"
    link = with_brand(LIGHT, brand.colour if brand else None).link
    body = markdown_html(body_markdown, link=link, is_rtl=is_rtl)
    values: dict[str, Any] = {
        "title": title,
        "subtitle": subtitle,
        "paragraphs": paragraphs,
        "reason": reason,
        "workspace": workspace,
        "sent_at": sent_at,
        "url": url,
        "url_label": url_label,
        "language": "en",
        "preheader": one_line(body.striptags())[:_PREHEADER] or (paragraphs[0] if paragraphs else title),
        "body": body,
        "body_text": body_markdown,
    }
    text = _environment("text").get_template("notice.txt.j2").render(values)
    return RenderedMail(
        _render_html("notice.html.j2", values, brand=brand or Brand(), is_rtl=is_rtl), text.strip() + "\n"
    )


def _limits(parts: Sequence[Part], *, is_dashboard: bool) -> Iterator[TableLimits]:
    """What is tried in turn; a table that the text asks for is as long as it says, if it fits."""
    usual: tuple[tuple[int, int], ...] = _DASHBOARD_LIMITS if is_dashboard else _LIMITS
    asked = next((part.rows for part in parts if part.kind == "table"), None)
    if asked is not None:
        yield from (TableLimits(columns=columns, rows=asked) for columns in range(usual[0][0], 3, -1))
        usual = tuple((columns, min(rows, asked)) for columns, rows in usual)
    yield from (TableLimits(columns=columns, rows=rows) for columns, rows in usual)


def _report_html(view: ReportView, parts: Sequence[Part], *, document: ReportDocument, is_dashboard: bool) -> str:
    head = document.head
    link = with_brand(LIGHT, head.brand.colour).link
    is_rtl = direction(head.locale) == "rtl"
    values = {
        "view": view,
        "title": view.title,
        "workspace": view.workspace,
        "sent_at": view.sent_at,
        "language": view.language,
        "preheader": view.preheader,
        "parts_of_body": parts,
        "placed": {part.kind for part in parts},
        "markdown": lambda text: markdown_html(text, link=link, is_rtl=is_rtl),
        "dashboard": is_dashboard,
    }
    return _render_html("report.html.j2", values, brand=head.brand, is_rtl=is_rtl)


def _render_html(name: str, values: Mapping[str, Any], *, brand: Brand, is_rtl: bool = False) -> str:
    design = {
        "light": with_brand(LIGHT, brand.colour),
        "dark": with_brand(DARK, brand.colour),
        "logo": f"cid:{LOGO_CID}" if brand.logo else "",
        "dir": "rtl" if is_rtl else "ltr",
        # A number, or a sentence of ours, keeps its own direction where the page runs the other way.
        "auto": Markup(' dir="auto"') if is_rtl else "",
        "left": "right" if is_rtl else "left",
        "right": "left" if is_rtl else "right",
        "padding": _PREHEADER_PADDING,
        # In an attribute the quotes would end it; escaped, their semicolons end the rule.
        "font": Markup(FONT_STACK.replace('"', "'")),  # noqa: S704
    }
    return _environment("html").get_template(name).render(design, **values)


def _report_text(view: ReportView, parts: Sequence[Part]) -> str:
    text = (
        _environment("text")
        .get_template("report.txt.j2")
        .render(
            view=view,
            parts_of_body=parts,
            placed={part.kind for part in parts},
            tiles=_tile_lines(view.tile_rows),
            section_tiles=_section_tiles,
            aligned=_aligned,
            beneath=_beneath,
        )
    )
    return text.strip() + "\n"


@lru_cache(maxsize=2)
def _environment(kind: str) -> Environment:
    """Two of them: trimming blocks is right for HTML, and eats line ends of text."""
    is_html = kind == "html"
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=is_html,  # noqa: S701 - the text part must not be escaped
        undefined=StrictUndefined,
        trim_blocks=is_html,
        lstrip_blocks=is_html,
        keep_trailing_newline=True,
    )


def _section_tiles(section: SectionView) -> list[str]:
    return _tile_lines(section.tile_rows)


def _tile_lines(rows: Sequence[Sequence[Tile | None]]) -> list[str]:
    tiles = [tile for row in rows for tile in row if tile is not None]
    width = max((len(tile.label) for tile in tiles), default=0)
    return [_tile_line(tile, width) for tile in tiles]


def _tile_line(tile: Tile, width: int) -> str:
    change = f"  {tile.arrow} {tile.delta}" if tile.delta else ""
    was = f"  ({tile.was})" if tile.was else ""
    return f"{tile.label.ljust(width)}  {tile.value}{change}{was}"


def _aligned(table: TableView) -> list[str]:
    """The table in plain text: figures right, words left."""
    header = [column.label for column in table.columns]
    body = [[_clip(cell.text) for cell in row] for row in table.rows]
    widths = [max(len(row[index]) for row in [header, *body]) for index in range(len(header))]
    lines = [_line(header, table, widths), "  ".join("-" * width for width in widths)]
    return [*lines, *(_line(row, table, widths) for row in body)]


def _beneath(table: TableView) -> str:
    return " ".join(part for part in (table.shown, table.more_columns, table.where, table.sample) if part)


def _line(cells: Sequence[str], table: TableView, widths: Sequence[int]) -> str:
    padded = [
        cell.ljust(width) if column.align == "left" else cell.rjust(width)
        for cell, column, width in zip(cells, table.columns, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _clip(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_CELL else line[: _TEXT_CELL - 1] + "\u2026"
