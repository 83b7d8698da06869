"""A Rooster in a throw-away folder: set up, its mail caught, its reports run as the worker runs them."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from core import clock, host
from core.database import read_scope, session_scope
from core.mail.catcher import make_controller
from core.mail.outbox import Outbox
from core.models import ScheduledReport, User
from core.schedule import next_run
from core.schemas.accounts import Actor
from core.schemas.content import DashboardCreate, DataSourceCreate, SavedQueryCreate
from core.schemas.email_config import EmailConfigCreate
from core.schemas.schedule import ScheduleConfig
from core.schemas.scheduled_reports import ScheduledReportCreate
from core.services import (
    dashboards,
    data_sources,
    due,
    email_configurations,
    installation,
    ledger,
    mailer,
    sample,
    saved_queries,
    scheduled_reports,
    supervisor,
    test_runs,
)
from core.services.children import start_cold
from core.services.people import to_actor
from core.settings import ROOT, get_settings
from gallery import letters, shop
from gallery.dress import dressed
from gallery.scenes import READER, Run, Scene

# Long enough to look back at the last two months.
_LOOK_BACK: Final = timedelta(days=70)
_LETTERS: Final[dict[Run, Callable[[Actor], None]]] = {
    "invitation": letters.send_invitation,
    "account test": letters.send_account_test,
}


class House:
    """What the scenes are played in. `outbox` holds every mail."""

    def __init__(self, actor: Actor, outbox: Outbox) -> None:
        self.actor = actor
        self.outbox = outbox
        self._sources: dict[bool, uuid.UUID] = {}

    def play(self, scene: Scene) -> None:
        """Make the report of a scene and run it, or send what needs no report."""
        with dressed(self.actor, scene):
            if scene.run in _LETTERS:
                _LETTERS[scene.run](self.actor)
            else:
                self._run(scene)

    def _run(self, scene: Scene) -> None:
        report_id = self._report(scene)
        if scene.run == "test":
            test_runs.run_test(actor=self.actor, report_id=report_id)
            return
        for slot in _last_slots(report_id, scene.times):
            _run_slot(report_id, slot)
        if scene.run == "stop":
            letters.stop_for_reader(report_id)

    def _report(self, scene: Scene) -> uuid.UUID:
        fields: dict[str, Any] = {**scene.report, "recipients": [READER, self.actor.email]}
        if scene.sample and not scene.report:
            return self._copy_of_sample(scene.sample)
        queries = {name: self._query(name, options, scene) for name, options in scene.queries.items()}
        with session_scope() as session:
            if scene.sample:
                boards = dashboards.list_dashboards(session, actor=self.actor).items
                fields["dashboard_id"] = next(board.id for board in boards if board.name == scene.sample)
            elif scene.tiles:
                fields["dashboard_id"] = self._dashboard(session, scene, queries)
            else:
                fields["saved_query_id"] = next(iter(queries.values()))
            fields["schedule_config"] = {**fields["schedule_config"], "timezone": installation.DEMO_ZONE}
            data = ScheduledReportCreate.model_validate(fields)
            return scheduled_reports.create_scheduled_report(session, actor=self.actor, data=data).id

    def _copy_of_sample(self, name: str) -> uuid.UUID:
        """A report of its own for each scene, so that no scene is another's previous run."""
        with session_scope() as session:
            listed = scheduled_reports.list_scheduled_reports(session, actor=self.actor).items
            found = next(report for report in listed if report.name == name)
            known = set(ScheduledReportCreate.model_fields)
            data = ScheduledReportCreate.model_validate(
                {key: value for key, value in found.model_dump().items() if key in known}
            )
            return scheduled_reports.create_scheduled_report(session, actor=self.actor, data=data).id

    def _query(self, name: str, options: Any, scene: Scene) -> uuid.UUID:
        data = SavedQueryCreate.model_validate(
            {"name": name, "data_source_id": self._source(flights=scene.flights), **options}
        )
        with session_scope() as session:
            return saved_queries.create_saved_query(session, actor=self.actor, data=data).id

    def _dashboard(self, session: Any, scene: Scene, queries: dict[str, uuid.UUID]) -> uuid.UUID:
        tiles = [
            {**{key: value for key, value in tile.items() if key != "query"}, "saved_query_id": queries[tile["query"]]}
            for tile in scene.tiles
        ]
        data = DashboardCreate.model_validate({"name": scene.report["name"], "tiles": tiles})
        return dashboards.create_dashboard(session, actor=self.actor, data=data).id

    def _source(self, *, flights: bool) -> uuid.UUID:
        if flights not in self._sources:
            self._sources[flights] = self._new_source(flights)
        return self._sources[flights]

    def _new_source(self, flights: bool) -> uuid.UUID:
        path = sample.sample_path() if flights else get_settings().data_path / "shop.db"
        if not flights:
            shop.build(path, today=clock.now().date())
        data = DataSourceCreate(name="Flights, whole" if flights else "Shop", url=f"sqlite:///{path}")
        with session_scope() as session:
            return data_sources.create_data_source(session, actor=self.actor, data=data).id


@contextlib.contextmanager
def opened(*, with_flights: bool, progress: Any) -> Iterator[House]:
    """Set everything up in the folder that the settings name; mail is caught while this is open."""
    settings = get_settings()
    if with_flights:
        _borrow_flights()
    installation.set_up(progress=progress)
    outbox = Outbox(settings.outbox_path)
    controller = make_controller(outbox, port=settings.mail_catcher_port)
    controller.start()
    try:
        yield House(_actor(), outbox)
    finally:
        controller.stop()


def _borrow_flights() -> None:
    """Building them takes a while; a Rooster that was set up here has them."""
    built = ROOT / "data" / "sample" / "flights.db"
    if built.is_file():
        sample.sample_path().parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(built, sample.sample_path())


def _actor() -> Actor:
    with session_scope() as session:
        person = session.scalars(select(User)).one()
        person.name, person.timezone = "Olivia Marsh", installation.DEMO_ZONE
        found = to_actor(person)
        if email_configurations.find_email_config(session, actor=found) is None:
            data = EmailConfigCreate(
                smtp_host="127.0.0.1",
                smtp_port=get_settings().mail_catcher_port,
                use_tls=False,
                from_email="reports@rooster.test",
                from_name=sample.WORKSPACE_NAME,
            )
            email_configurations.save_email_config(session, actor=found, data=data)
    return found


def _last_slots(report_id: uuid.UUID, number: int) -> list[datetime]:
    """The last moments at which the report was due, the earliest first."""
    with read_scope() as session:
        config = ScheduleConfig.model_validate(session.get_one(ScheduledReport, report_id).schedule_config)
    now = clock.now()
    slots = [next_run(config, now - _LOOK_BACK)]
    while (following := next_run(config, slots[-1])) <= now:
        slots.append(following)
    return slots[-number:]


def _run_slot(report_id: uuid.UUID, slot: datetime) -> None:
    """What clock, queue and worker do for one moment, one after the other."""
    with session_scope() as session:
        report = session.get_one(ScheduledReport, report_id)
        report.next_run_at = slot
    with session_scope() as session:
        made = due.materialise(session, report_id, until=slot)
    assert made is not None, "the report is due"
    with session_scope() as session:
        claimed = ledger.claim(session, owner=host.identity(), slots=1, execution_id=made.execution_id)
    assert claimed is not None, "nobody else runs here"
    supervisor.supervise(claimed, start_cold)
    mailer.deliver()
