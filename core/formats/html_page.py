"""The HTML file put together: one page, no network, no script but ours."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from core.clock import zone
from core.document.charts import chart_legend, chart_svg
from core.document.comparison import period_line
from core.document.locales import direction
from core.document.model import ChartData, Kpi, ReportDocument, ReportHead, Section, SectionHead, Thirds, stands_right
from core.document.tokens import DARK, FONT_STACK, LIGHT, Palette, with_brand
from core.document.values import MISSING, format_delta, format_value
from core.formats.html_rows import RowSpool, safe_json
from core.formats.paragraphs import plain_paragraphs
from core.formats.sections import figures_of, figures_on_top, shown_sections
from core.formats.words import (
    LANGUAGE,
    column_label,
    origin,
    row_count,
    rows_sentence,
    run_time,
    section_lines,
)
from core.text import isolated

# CSS px: letters keep their size on a desk and on a phone.
_CHART_WIDTHS: Final = (("on-wide", 1120), ("on-narrow", 340))
_TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    change: str = ""
    was: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart for one colour scheme and one width; the style sheet shows the one that fits."""

    shown_when: str
    svg: Markup
    legend: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    subtitle: str
    drawings: list[Drawing]


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    right: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A section as the template needs it; `error` or rows, never both.

    `joined` when its chart and its table stand on one card.
    """

    key: str
    title: str
    lines: list[str]
    error: str | None
    chart: Chart | None
    tiles: list[Tile]
    headings: list[Heading]
    spool: RowSpool | None
    thirds: dict[int, Thirds]
    small: dict[str, int] | None
    joined: bool

    @property
    def has_rows(self) -> bool:
        return self.spool is not None and self.spool.shown > 0

    def json(self) -> Iterator[Markup]:
        """The rows, which `safe_json` has made safe already."""
        return map(Markup, self.spool.chunks() if self.spool else ())

    def settings(self) -> Markup:
        """What the script must know of the table."""
        right = [heading.right for heading in self.headings]
        thirds = {n: {"low": at.low, "high": at.high, "more": at.more_is_better} for n, at in self.thirds.items()}
        return Markup(safe_json({"right": right, "thirds": thirds, "small": self.small}))  # noqa: S704


def write_page(path: Path, document: ReportDocument, spools: Mapping[str, RowSpool]) -> None:
    """Stream the page into `path`, row data in pieces."""
    head = document.head
    blocks = [
        _block(f"s{n}", section, spools.get(section.head.key), document)
        for n, section in enumerate(shown_sections(document), start=1)
    ]
    stream = _template().stream(
        head=head,
        lang=LANGUAGE,
        direction=direction(head.locale),
        initial=(head.workspace.strip() or head.name.strip() or "R")[0].upper(),
        period=period_line(document, keep=isolated),
        run_time=run_time(head),
        paragraphs=plain_paragraphs(document.body_markdown) or [head.description],
        notices=document.notices,
        tiles=[_tile(kpi, head) for kpi in figures_on_top(document)],
        blocks=blocks,
        origin=origin(head),
        rows=row_count(document.row_count, head),
        missing=MISSING,
        logo=f"data:image/png;base64,{b64encode(head.brand.logo).decode()}" if head.brand.logo else "",
        **_assets(head.brand.colour),
    )
    with path.open("wb") as handle:
        stream.dump(handle, encoding="utf-8")


@cache
def _template() -> Template:
    loader = FileSystemLoader(_TEMPLATES)
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.j2")


@lru_cache(maxsize=8)
def _assets(brand: str | None) -> dict[str, Any]:
    """Our own style sheet and script, and the hash by which the page lets this script run and no other."""
    script = (_TEMPLATES / "report.js").read_text("utf-8")
    style = (_TEMPLATES / "report.css").read_text("utf-8")
    variables = f":root{{{_variables(with_brand(LIGHT, brand))}--font:{FONT_STACK}}}"
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(with_brand(DARK, brand))}}}}}"
    return {
        "script": Markup(script),  # noqa: S704
        "style": Markup(f"{variables}{dark}\n{style}"),  # noqa: S704
        "script_hash": b64encode(sha256(script.encode()).digest()).decode(),
    }


def _variables(palette: Palette) -> str:
    colors = {field.name: getattr(palette, field.name) for field in fields(palette)}
    return "".join(
        f"--{name.replace('_', '-')}:{color};"
        for name, color in colors.items()
        if isinstance(color, str) and color.startswith("#")
    )


def _block(key: str, section: Section, spool: RowSpool | None, document: ReportDocument) -> Block:
    head = document.head
    failed = section.error is not None or spool is None
    return Block(
        key=key,
        title=section.head.title,
        lines=[] if failed else _lines(section, spool, head),
        error=(section.error or "It gave no result.") if failed else None,
        chart=_chart(section.chart, head) if section.chart and not failed else None,
        tiles=[_tile(kpi, head) for kpi in figures_of(section, document)] if not failed else [],
        headings=[
            Heading(column_label(column), stands_right(column, is_first=n == 0))
            for n, column in enumerate(section.head.visible)
        ],
        spool=None if failed else spool,
        thirds={n: section.thirds[c.name] for n, c in enumerate(section.head.visible) if c.name in section.thirds},
        small=_small(section.head),
        joined=len(document.sections) > 1 or (section.chart is not None and section.chart.title == section.head.title),
    )


def _small(section: SectionHead) -> dict[str, int] | None:
    """By which column the script knows the rows below the minimum sample: it is shown, and its numbers are there."""
    if section.sample is None:
        return None
    place = next(n for n, column in enumerate(section.visible) if column.name == section.sample.column)
    return {"column": place, "least": section.sample.least}


def _lines(section: Section, spool: RowSpool | None, head: ReportHead) -> list[str]:
    if spool is None:
        return []
    lines = section_lines(section, rows_sentence(spool.total, spool.shown, head), head)
    return [*lines, "Very long texts are shortened here"] if spool.shortened else lines


def _chart(data: ChartData, head: ReportHead) -> Chart:
    schemes = [("on-light", with_brand(LIGHT, head.brand.colour)), ("on-dark", with_brand(DARK, head.brand.colour))]
    drawings = [
        Drawing(f"{scheme} {screen}", _svg(data, palette, width, head.locale), chart_legend(data, palette))
        for scheme, palette in schemes
        for screen, width in _CHART_WIDTHS
    ]
    return Chart(data.title, data.subtitle, drawings)


def _svg(data: ChartData, palette: Palette, width: int, locale: str) -> Markup:
    """Drawn by our own code, which escapes what it is given."""
    return Markup(chart_svg(data, palette, width_px=width, locale=locale))  # noqa: S704


def _tile(kpi: Kpi, head: ReportHead) -> Tile:
    delta = format_delta(kpi, head.locale)
    value = format_value(kpi.value, kpi.display, locale=head.locale, zone=zone(head.timezone), unit=True)
    if delta is None:
        return Tile(kpi.label, value)
    return Tile(kpi.label, value, f"{delta.arrow} {delta.text}".strip(), f"was {delta.was}", delta.direction)
