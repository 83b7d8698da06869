"""A report about nothing, made once in the server from which warm children fork (`rehearsed`).

Libraries put off much of their work to the first use: fonts, locales, templates, lookup tables, further imports.
After the rehearsal each child finds that done.
"""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
import uuid
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy.orm import configure_mappers

from core import clock
from core.document.model import Period, ReportHead
from core.formats import FORMAT_KEYS
from core.mail.attachments import FittedFiles
from core.mail.message import Sender, build_report_message, draw_charts
from core.services import run_mail, run_words
from core.services.rehearsal_ledger import rehearse_ledger
from core.services.run_data import write_everything
from core.services.run_plan import PlannedQuery, RunPlan
from core.sources import SourceOptions, open_source
from core.sources.base import Query

_READER: Final = "reader@rooster.invalid"
_DATABASE: Final = "rehearsal.db"
_SQL: Final = (
    "SELECT '2026-01-05' AS day, '2026-01-05 07:00:00' AS at, 'North' AS region, 1 AS units, 1.5 AS amount"
    " UNION ALL SELECT '2026-01-06', NULL, 'South', 2, 2.5"
)


def rehearse(*, with_ledger: bool = True) -> None:
    """Make the report in every format, with its mail, in a folder that is thrown away; then ask the database."""
    configure_mappers()
    with tempfile.TemporaryDirectory() as name:
        plan = _plan(Path(name))
        document, files = write_everything(plan, Path(name), lambda _planned, _rows: None)
        files = run_words.with_names(plan, document, files)
        words = run_words.fill_in(plan, document, [_READER])[0]
        message = build_report_message(
            document,
            sender=Sender(_READER, ""),
            recipient=_READER,
            to=[_READER],
            cc=[],
            subject=words.subject,
            body_markdown=words.body,
            files=FittedFiles(tuple(run_mail.attachments_of(files))),
            message_id="<rehearsal@rooster.invalid>",
            date=clock.now(),
            charts=draw_charts(document),
        )
        message.as_bytes()
        if with_ledger:
            rehearse_ledger(document, files, source_url=f"sqlite:///{Path(name) / _DATABASE}")


def _plan(folder: Path) -> RunPlan:
    now = clock.now()
    day = date(2026, 1, 5)
    head = ReportHead(
        report_id="",
        execution_id="",
        name="Rehearsal",
        slug="rehearsal",
        description="",
        workspace="",
        owner_name="",
        owner_email=_READER,
        cadence="",
        period=Period(day, day, ""),
        scheduled_for=now,
        timezone="UTC",
        trigger="manual",
        data_as_of=now,
        formats=FORMAT_KEYS,
    )
    return RunPlan(
        execution_id=uuid.uuid4(),
        report_id=uuid.uuid4(),
        owner_id=uuid.uuid4(),
        fence=0,
        head=head,
        queries=(_query(folder),),
        dates={},
        recipients=(_READER,),
        cc=(),
        bcc=(),
        email_subject=None,
        email_body=None,
        is_dashboard=False,
        retention_days=None,
    )


def _query(folder: Path) -> PlannedQuery:
    path = folder / _DATABASE
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE stage (at TEXT)")
    return PlannedQuery(
        key="q1",
        title="Rehearsal",
        description="",
        presentation={},
        parameters={},
        previous_kpis=None,
        source=open_source(f"sqlite:///{path}", options=SourceOptions()),
        query=Query(sql=_SQL, parameters={}, max_rows=10, timeout_s=10),
    )
