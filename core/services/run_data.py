"""One pass: each batch of each query goes to every format and to the figures of the mail, then it is gone."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa

from core import clock
from core.document.gather import PREVIEW_ROWS, Asked, SectionGatherer
from core.document.model import ReportDocument, Section, SectionHead
from core.document.presentation import columns_of, notices_of
from core.document.samples import min_sample_of
from core.errors import SourceError
from core.formats import get_format
from core.formats.arrow_plain import plain_batch, plain_schema
from core.formats.base import Writer, WrittenFile
from core.mail.template_blocks import MOST_ROWS
from core.mail.template_engine import AGGREGATES
from core.services.run_plan import PlannedQuery, RunPlan
from core.sources.base import BatchStream

HASH_BLOCK: Final = 1 << 20
# Drivers make a tuple of every row: none is part of a cycle, but looking for one takes a tenth of the reading.
_OBJECTS_BETWEEN_SEARCHES: Final = 50_000

Progress = Callable[[PlannedQuery, int], None]


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """A file on the disk with what the ledger keeps of it; `name` is what people see, given when all is known."""

    format: str
    written: WrittenFile
    size: int
    sha256: str
    name: str = ""


@dataclass(slots=True)
class _Pass:
    plan: RunPlan
    writers: dict[str, Writer]
    progress: Progress
    notices: list[str]
    errors: list[SourceError]


def write_everything(plan: RunPlan, folder: Path, progress: Progress) -> tuple[ReportDocument, list[FinishedFile]]:
    """Run the queries and write the files into `folder`.

    Raises SourceError when the report's only query (or each tile) failed, or when one may succeed a minute later;
    RenderError when a file cannot be written. Nothing unfinished stays on the disk.
    """
    # Arrow's own allocator keeps for later what batches have left: 25 MiB more of memory, and no faster.
    pa.set_memory_pool(pa.system_memory_pool())
    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Writer] = {}
    with contextlib.ExitStack() as undo:
        for key in plan.head.formats:
            writers[key] = get_format(key).open(folder, stem=f"{plan.fence}-{key}", head=plan.head)
            undo.callback(writers[key].abort)
        document = gather(plan, writers, progress)
        files = [_finished(key, file) for key, writer in writers.items() for file in writer.close(document)]
        undo.pop_all()
    notes = tuple(note for file in files for note in file.written.notes)
    return replace(document, notices=(*document.notices, *notes)), files


def gather(plan: RunPlan, writers: dict[str, Writer], progress: Progress) -> ReportDocument:
    """The document, with every batch handed to the writers on the way."""
    state = _Pass(plan, writers, progress, notices=[], errors=[])
    with _few_searches_for_cycles():
        sections = tuple(_section(state, planned) for planned in plan.queries)
    if len(state.errors) == len(sections):
        raise state.errors[0]
    return ReportDocument(plan.head, sections, notices=tuple(state.notices))


@contextlib.contextmanager
def _few_searches_for_cycles() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _section(state: _Pass, planned: PlannedQuery) -> Section:
    began = time.monotonic()
    try:
        section = _run(state, planned, began)
    except SourceError as error:
        if error.transient:
            raise
        state.errors.append(error)
        words = f"It could not be read this time; {state.plan.head.owner_name} can see why."
        head = _head(planned, pa.schema([]), None)
        section = Section(head, elapsed_ms=_since(began), error=words, cause=error.message)
        state.notices.append(f"{planned.title} is missing: it could not be read this time.")
    for writer in state.writers.values():
        writer.end(section)
    return section


def _run(state: _Pass, planned: PlannedQuery, began: float) -> Section:
    if planned.error is not None:
        raise planned.error
    assert planned.source is not None, "a plan without an error has its source"
    assert planned.query is not None, "a plan without an error has its query"
    with planned.source.stream(planned.query) as stream:
        return _stream(state, planned, stream, began)


def _stream(state: _Pass, planned: PlannedQuery, stream: BatchStream, began: float) -> Section:
    batches = iter(stream)
    held = list(map(plain_batch, islice(batches, 1)))
    head = _head(planned, plain_schema(stream.schema), held[0] if held else None)
    state.notices.extend(notices_of(head.columns, planned.presentation))
    zone = clock.zone(state.plan.head.timezone)
    gatherer = SectionGatherer(
        head,
        planned.presentation,
        zone=zone,
        asked=_asked(state.plan, head),
        preview_rows=max(PREVIEW_ROWS, state.plan.asked.rows if state.plan.asked else MOST_ROWS),
    )
    for writer in state.writers.values():
        writer.begin(head)
    rows = 0
    for batch in _chain(held, map(plain_batch, batches)):
        gatherer.add(batch)
        for writer in state.writers.values():
            writer.write(batch)
        rows += batch.num_rows
        state.progress(planned, rows)
    return gatherer.finish(_since(began), planned.previous_kpis)


def _asked(plan: RunPlan, head: SectionHead) -> Iterable[Asked]:
    """The totals that the texts ask for; while somebody still writes them, all that they could ask for."""
    if plan.asked is not None:
        return plan.asked.totals
    return [(how, column.name) for column in head.visible for how in AGGREGATES]


def _chain(held: list[pa.RecordBatch], rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """`held` gives its batch away: kept under a name, it would stay in memory to the end of the pass."""
    while held:
        yield held.pop()
    yield from rest


def _head(planned: PlannedQuery, schema: pa.Schema, sample: pa.RecordBatch | None) -> SectionHead:
    columns = columns_of(schema, planned.presentation, sample=sample)
    return SectionHead(
        key=planned.key,
        title=planned.title,
        columns=columns,
        description=planned.description,
        parameters=tuple((name, _shown(value)) for name, value in planned.parameters.items()),
        source=planned.source_name,
        sample=min_sample_of(columns, planned.presentation),
    )


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _finished(key: str, file: WrittenFile) -> FinishedFile:
    digest = hashlib.sha256()
    with file.path.open("rb") as handle:
        while block := handle.read(HASH_BLOCK):
            digest.update(block)
    return FinishedFile(key, file, file.path.stat().st_size, digest.hexdigest())
