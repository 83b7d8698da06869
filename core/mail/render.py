"""The HTML and the text of a mail, from its view. No template of a user is run here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.document.model import ReportDocument
from core.document.tokens import DARK, FONT_STACK, LIGHT
from core.mail.markdown import markdown_html
from core.mail.table import TableLimits, TableView
from core.mail.view import Copy, ReportView, SectionView, Tile, report_view

# Gmail cuts a mail off at 102 KB, footer included.
HTML_BUDGET = 80_000
# Tried in order until the HTML fits: columns go before rows.
_LIMITS = ((7, 10), (6, 10), (5, 10), (4, 8), (4, 5), (3, 3), (0, 0))
_DASHBOARD_LIMITS = ((6, 5), (5, 5), (4, 5), (4, 3), (3, 2), (0, 0))
# Keeps the body's text out of the line that inboxes show after the subject.
_PREHEADER_PADDING = "\u2007\ufeff\u034f " * 40
_TEXT_CELL = 28
_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The two bodies of a mail."""

    html: str
    text: str


def render_report(document: ReportDocument, copy: Copy, *, body_markdown: str) -> RenderedMail:
    """Both bodies, with tables cut until the HTML is within `HTML_BUDGET`."""
    for columns, rows in _DASHBOARD_LIMITS if len(document.sections) > 1 else _LIMITS:
        view = report_view(document, copy, TableLimits(columns=columns, rows=rows))
        html = _report_html(view, body_markdown=body_markdown, is_dashboard=len(document.sections) > 1)
        if len(html.encode()) <= HTML_BUDGET:
            break
    return RenderedMail(html, _report_text(view, body_markdown=body_markdown))


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
) -> RenderedMail:
    """A short mail without figures: something happened, and what to do."""
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
        "preheader": paragraphs[0] if paragraphs else title,
    }
    text = _environment("text").get_template("notice.txt.j2").render(values)
    return RenderedMail(_render_html("notice.html.j2", values), text.strip() + "\n")


def _report_html(view: ReportView, *, body_markdown: str, is_dashboard: bool) -> str:
    values = {
        "view": view,
        "title": view.title,
        "workspace": view.workspace,
        "sent_at": view.sent_at,
        "language": view.language,
        "preheader": view.preheader,
        "body": markdown_html(body_markdown),
        "dashboard": is_dashboard,
    }
    return _render_html("report.html.j2", values)


def _render_html(name: str, values: Mapping[str, Any]) -> str:
    design = {
        "light": LIGHT,
        "dark": DARK,
        "padding": _PREHEADER_PADDING,
        # In an attribute the quotes would end it; escaped, their semicolons end the rule.
        "font": Markup(FONT_STACK.replace('"', "'")),  # noqa: S704
    }
    return _environment("html").get_template(name).render(design, **values)


def _report_text(view: ReportView, *, body_markdown: str) -> str:
    text = (
        _environment("text")
        .get_template("report.txt.j2")
        .render(
            view=view,
            body=body_markdown.strip(),
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
    return " ".join(part for part in (table.shown, table.more_columns, table.where) if part)


def _line(cells: Sequence[str], table: TableView, widths: Sequence[int]) -> str:
    padded = [
        cell.ljust(width) if column.align == "left" else cell.rjust(width)
        for cell, column, width in zip(cells, table.columns, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _clip(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TEXT_CELL else line[: _TEXT_CELL - 1] + "\u2026"
