"""The report as a mail shows it: every value already text, so that the templates only arrange."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from core import clock
from core.document import comparison
from core.document.locales import date_text, time_text, weekday_text
from core.document.model import ReportDocument, ReportHead, Section
from core.mail.attachments import LABELS, Attachment, FittedFiles, size_notices
from core.mail.facts import fact_lines
from core.mail.table import TableLimits, TableView, table_view
from core.mail.tiles import Tile, in_pairs, is_tile, tile_of, top_tiles
from core.text import human_size, isolated, join_words, one_line, plural

_MAX_PREHEADER = 110
# In the name of a file, with its ending if that comes next.
_DATE = re.compile(r"(\d{4}-\d\d-\d\d(?:\.\w{1,4})*)")


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """`css` is the class that swaps the colour in dark mode."""

    name: str
    colour: str
    css: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart in both schemes: addresses for `src` (`cid:...` in a mail, a URL in a preview).

    The legend is text beside the picture, where it does not shrink on a phone.
    """

    light: str
    dark: str
    alt: str
    legend: tuple[LegendEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FileView:
    name: str
    extension: str
    size: str
    url: str = ""

    @property
    def name_parts(self) -> list[str]:
        """What precedes a date, the date, what follows, and so on: a name that is too long breaks before its date."""
        return _DATE.split(self.name)


@dataclass(frozen=True, slots=True)
class ChartView:
    title: str
    subtitle: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class SectionView:
    title: str
    subtitle: str = ""
    error: str = ""
    tile_rows: tuple[tuple[Tile | None, ...], ...] = ()
    chart: ChartView | None = None
    table: TableView | None = None
    empty: str = ""


@dataclass(frozen=True, slots=True)
class FooterView:
    reason: str
    schedule_url: str
    sent_by: str
    host: str
    host_url: str
    facts: tuple[str, ...]
    stop_url: str = ""


@dataclass(frozen=True, slots=True)
class ReportView:
    """Everything `report.html.j2` and `report.txt.j2` show."""

    title: str
    url: str
    workspace: str
    sent_at: str
    period: str
    preheader: str
    notices: tuple[Notice, ...]
    tile_rows: tuple[tuple[Tile | None, ...], ...]
    sections: tuple[SectionView, ...]
    attached: tuple[FileView, ...]
    linked: tuple[FileView, ...]
    footer: FooterView
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Copy:
    """One person's copy: who gets it and how they stop that, the files, and the charts by section key."""

    recipient: str
    base_url: str
    files: FittedFiles = FittedFiles()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    is_test: bool = False
    stop_url: str = ""


def report_view(document: ReportDocument, copy: Copy, limits: TableLimits) -> ReportView:
    head = document.head
    tiles = top_tiles(document)
    return ReportView(
        title=head.name,
        url=f"{copy.base_url}/execution?id={head.execution_id}",
        workspace=head.workspace,
        sent_at=moment_text(head.scheduled_for, head),
        period=period_line(document),
        preheader=_preheader(document, tiles),
        notices=_notices(document, copy),
        tile_rows=in_pairs(tiles),
        sections=tuple(
            _section_view(section, document, copy, limits) for section in document.sections if not is_tile(section)
        ),
        attached=tuple(FileView(file.name, file.extension, human_size(file.size)) for file in copy.files.attached),
        linked=tuple(
            FileView(file.name, file.extension, human_size(file.size), file.url) for file in copy.files.linked
        ),
        footer=_footer(document, copy),
    )


def moment_text(moment: datetime, head: ReportHead) -> str:
    """`Mon 24 Jun 2013, 07:00` in the report's zone."""
    local = moment.astimezone(clock.zone(head.timezone))
    weekday = weekday_text(local.date(), head.locale).partition(" ")[0]
    # To the minute: a run that somebody asked for began at some second, and nobody minds which.
    minute = local.time().replace(second=0, microsecond=0)
    return f"{weekday} {date_text(local.date(), head.locale)}, {time_text(minute, head.locale)}"


def period_line(document: ReportDocument) -> str:
    """Wider apart than in files: a mail has no second line for it."""
    return comparison.period_line(document, between="  \u00b7  ", keep=isolated)


def _section_view(section: Section, document: ReportDocument, copy: Copy, limits: TableLimits) -> SectionView:
    head, single = document.head, len(document.sections) == 1
    if section.error is not None:
        return SectionView(section.head.title, error=section.error)
    tiles = [] if single else [tile_of(kpi, head) for kpi in section.kpis[:4]]
    if section.row_count == 0:
        empty = f"No rows for {head.period.label}."
        return SectionView(section.head.title, section.head.description, tile_rows=in_pairs(tiles), empty=empty)
    return SectionView(
        title="Rows" if single and section.head.title == head.name else section.head.title,
        subtitle=section.head.description if section.head.description != head.description else "",
        tile_rows=in_pairs(tiles),
        chart=_chart_view(section, copy),
        table=table_view(section, head=head, limits=limits, where=_where_all_rows_are(section, copy)),
    )


def _chart_view(section: Section, copy: Copy) -> ChartView | None:
    picture = copy.pictures.get(section.head.key)
    if picture is None or section.chart is None:
        return None
    return ChartView(section.chart.title, section.chart.subtitle, picture)


def _where_all_rows_are(section: Section, copy: Copy) -> str:
    """Names the files that really hold every row, and how they reach the reader when they are not simply attached."""
    files = {file.format: file for file in (*copy.files.attached, *copy.files.linked)}
    whole = [files[key] for key in LABELS if key in files and files[key].is_whole]
    if not files:
        return "All rows are in the full report."
    if not whole:
        return f"No file here holds all {plural(section.row_count, 'row')}; Excel or CSV would."
    noun, verb = "file" if len(whole) == 1 else "files", "is" if section.row_count == 1 else "are"
    return f"All {plural(section.row_count, 'row')} {verb} in the {_labels(whole)} {noun}."


def _labels(files: Sequence[Attachment]) -> str:
    """`Excel and CSV`, `linked Excel and CSV`, or `Excel (attached) and CSV (linked)`."""
    ways = [_way(file) for file in files]
    if len(set(ways)) > 1:
        return join_words(f"{file.label} ({way})" for file, way in zip(files, ways, strict=True))
    labels = join_words(file.label for file in files)
    return labels if ways[0] == "attached" else f"{ways[0]} {labels}"


def _way(file: Attachment) -> str:
    return "linked" if file.url else "zipped" if file.unzipped else "attached"


def _notices(document: ReportDocument, copy: Copy) -> tuple[Notice, ...]:
    large = map(Notice, size_notices(copy.files))
    return (*large, *(Notice(text) for text in document.notices))


def _preheader(document: ReportDocument, tiles: Sequence[Tile]) -> str:
    """The line that inboxes show after the subject."""
    if document.row_count == 0 and not document.failed:
        return f"No rows for {document.head.period.label}."
    missing = [f"{plural(len(document.failed), 'part')} missing"] if document.failed else []
    figures = [f"{tile.label} {tile.value}" for tile in tiles or _first_figures(document)]
    line = one_line(" \u00b7 ".join([*missing, *(figures or [plural(document.row_count, "row")])]))
    return line if len(line) <= _MAX_PREHEADER else line[: _MAX_PREHEADER - 1] + "\u2026"


def _first_figures(document: ReportDocument) -> list[Tile]:
    """One of each section: a dashboard without figures on top has nothing else to say in a line."""
    return [
        tile_of(section.kpis[0], document.head) for section in document.sections if section.kpis and not section.error
    ]


def _footer(document: ReportDocument, copy: Copy) -> FooterView:
    head = document.head
    return FooterView(
        reason=_reason(head, copy),
        schedule_url=f"{copy.base_url}/schedule?id={head.report_id}",
        sent_by=head.owner_name,
        host=urlsplit(copy.base_url).netloc,
        host_url=copy.base_url,
        facts=fact_lines(document),
        stop_url=copy.stop_url,
    )


def _reason(head: ReportHead, copy: Copy) -> str:
    if copy.is_test:
        return f"This is a test that {head.owner_name} sent to {copy.recipient}. Nobody else got it."
    zone = "" if not head.cadence or head.timezone in head.cadence else f" ({head.timezone})"
    cadence = f" {head.cadence}{zone}." if head.cadence else ""
    if copy.recipient.lower() == head.owner_email.lower():
        return f"You are getting this because you set up this report.{cadence}"
    return f"You are getting this because {head.owner_name} added {copy.recipient} to this report.{cadence}"
