"""The main job in a browser, on the installation that a first start makes: test, schedule, receive, look up."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from core import clock
from core.services.installation import DEMO_EMAIL, DEMO_PASSWORD, DEMO_ZONE
from core.services.sample import FIRST_TO_RUN
from core.services.sample_content import QUERIES, REPORTS
from tests.e2e.installation import Installation, installed

pytestmark = pytest.mark.browser

SAMPLE: Final = REPORTS[FIRST_TO_RUN]["name"]
QUERY: Final = QUERIES[0]
OURS: Final = "Airlines in a minute"
# The first two columns of its table.
HEAD: Final = ("Airline", "Departures")
PATIENCE_MS: Final = 60_000
# From setting the time to saving; the form takes some seconds on a busy machine.
LEAD: Final = timedelta(seconds=15)
# The schedule, at most a minute and a quarter ahead, and the run itself.
RUN_MS: Final = 180_000


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sample_flights: Path) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("sample"), {}, sample=sample_flights) as installation:
        yield installation


@pytest.fixture
def page(browser: Browser, sample: Installation) -> Iterator[Page]:
    """Whatever is done with it: nothing leaves the machine, and the console stays clean."""
    context = browser.new_context(base_url=sample.url, locale="en-GB", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("console", lambda message: complaints.append(complaint(message)) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert [url for url in asked if not url.startswith((sample.url, "data:", "blob:"))] == []
    assert complaints == []


def complaint(message: ConsoleMessage) -> str:
    return f"{message.location['url']}: {message.text}"


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("E-mail address").fill(DEMO_EMAIL)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    visible(page.get_by_role("button", name="Sign out"))


def open_page(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    visible(page.get_by_role("heading", name=name, exact=True, level=1))


def visible(locator: Locator, *, ms: int = PATIENCE_MS) -> None:
    expect(locator).to_be_visible(timeout=ms)


def test_a_sample_report_is_tested_and_read_in_the_outbox(page: Page) -> None:
    sign_in(page)
    open_page(page, "Schedules")
    page.get_by_role("link", name=SAMPLE, exact=True).click()
    page.get_by_role("button", name="Send test").click()
    visible(page.get_by_role("link", name="See this test run"), ms=2 * PATIENCE_MS)
    open_page(page, "Outbox")
    visible(page.get_by_role("heading", name=re.compile(rf"\[Test\].*{SAMPLE}")))
    visible(page.frame_locator("iframe").get_by_text(SAMPLE).first)
    names = page.locator("a[href*='/attachment/']").all_inner_texts()
    endings = {match[1] for name in names if (match := re.search(r"\.(\w+) \(", name))}
    assert endings == {"xlsx", "csv", "pdf", "html"}
    assert len(names) == len(endings)


def test_a_new_schedule_runs_by_itself_and_its_workbook_holds_the_rows(
    page: Page, sample: Installation, tmp_path: Path
) -> None:
    sign_in(page)
    open_page(page, "Schedules")
    page.get_by_role("button", name="New schedule").click()
    due = create_schedule(page)
    run = wait_for_the_run(page)
    run.get_by_role("link", name=OURS).click()
    visible(page.get_by_role("heading", name=OURS, exact=True))
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile(r"\.xlsx \(")).click()
    started.value.save_as(workbook := tmp_path / "report.xlsx")
    assert started.value.suggested_filename == f"{OURS.replace(' ', '-').lower()}_{due:%Y-%m-%d}.xlsx"
    week = previous_week(due)
    assert airlines_in(workbook) == airlines_of(sample, week)


def create_schedule(page: Page) -> datetime:
    """Fill in the form; the time comes last, so that it is still ahead when the schedule is saved."""
    page.get_by_label("Name", exact=True).fill(OURS)
    choose(page, "Query", QUERY["name"])
    zone = page.get_by_role("combobox", name="Time zone")
    expect(zone).to_have_value(DEMO_ZONE)
    due = (clock.now() + LEAD + timedelta(minutes=1)).astimezone(ZoneInfo(DEMO_ZONE)).replace(second=0, microsecond=0)
    page.get_by_role("spinbutton", name="hour").press_sequentially(f"{due:%H}")
    page.get_by_role("spinbutton", name="minute").press_sequentially(f"{due:%M}")
    page.keyboard.press("Tab")
    visible(page.get_by_text(f"Every day at {due:%H:%M}").first)
    page.get_by_role("button", name="Create schedule").click()
    visible(page.get_by_role("button", name="Save schedule"))
    return due


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    expect(page.get_by_role("combobox", name=label, exact=True)).to_have_value(option)


def wait_for_the_run(page: Page) -> Locator:
    """The page follows what is under way, but learns of a new run only when it is opened anew."""
    row = page.locator("[class*='st-key-row-']").filter(has_text=OURS)
    open_page(page, "History")
    deadline = clock.now() + timedelta(milliseconds=RUN_MS)
    while clock.now() < deadline and not row.count():
        open_page(page, "Schedules")
        open_page(page, "History")
        visible(page.get_by_text("Sent to", exact=True))
    visible(row.get_by_text("Success"))
    # The list that followed the run draws the whole page once more at its end.
    visible(page.locator("[data-testid='stApp'][data-test-script-state='notRunning']"))
    return row


def previous_week(due: datetime) -> date:
    """The Monday of the week before."""
    return due.date() - timedelta(days=due.weekday() + 7)


def airlines_of(sample: Installation, week: date) -> list[tuple[str, int]]:
    connection = sqlite3.connect(sample.data_dir / "sample" / "flights.db")
    rows = connection.execute(QUERY["sql"], {"week_start": week.isoformat()}).fetchall()
    connection.close()
    return [row[:2] for row in rows]


def airlines_in(path: Path) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    [sheet] = [rows for rows in map(first_columns, book.worksheets) if HEAD in rows]
    book.close()
    start = sheet.index(HEAD) + 1
    return sheet[start : start + sheet[start:].index((None, None))] if (None, None) in sheet[start:] else sheet[start:]


def first_columns(sheet: Worksheet) -> list[tuple[object, ...]]:
    return [row[:2] for row in sheet.iter_rows(max_col=2, values_only=True)]
