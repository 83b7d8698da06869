"""The list of what a template may name: for the picker, for the documentation, and for the tests of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Variable:
    """A line of the picker. Names in capitals stand for a column, a key figure or a parameter of the report."""

    group: str
    name: str
    description: str


_SPANS: Final = ("week", "month", "quarter", "year")
BLOCKS_GROUP: Final = "Blocks"
PERSON_GROUP: Final = "Person"
DATA_GROUP: Final = "Data"
FAILURE_GROUP: Final = "Failure"


def _date_variables() -> Iterator[Variable]:
    for which in ("this", "last"):
        for span in _SPANS:
            for end, words in (("start", "first"), ("end", "last")):
                yield Variable("Periods", f"{which}_{span}_{end}", f"The {words} day of {which} {span}")
    for span in _SPANS:
        for end in ("start", "end"):
            yield Variable("Periods", f"{span}_{end}", f"The same as this_{span}_{end}")
    yield Variable("Periods", "month_to_date_start", "The first day of yesterday's month")


VARIABLES: Final[tuple[Variable, ...]] = (
    Variable("Now", "date", "The day of the run, such as 2013-06-24"),
    Variable("Now", "time", "The time of the run, such as 07:00"),
    Variable("Now", "datetime", "Both, such as 2013-06-24 07:00"),
    Variable("Now", "weekday", "Such as Monday"),
    Variable("Now", "iso_week", "The number of the week, 1 to 53"),
    Variable("Now", "timestamp", "Seconds since 1970, such as 1372071600"),
    Variable("Now", "timezone", "The zone of the schedule, such as Europe/Berlin"),
    Variable("Parts", "year", "Such as 2013"),
    Variable("Parts", "quarter", "1 to 4"),
    Variable("Parts", "month", "1 to 12"),
    Variable("Parts", "month_name", "Such as June"),
    Variable("Parts", "day", "1 to 31"),
    Variable("Parts", "hour", "0 to 23"),
    Variable("Relative", "today", "The day of the run"),
    Variable("Relative", "yesterday", "The day before the run"),
    Variable("Relative", "tomorrow", "The day after the run"),
    Variable("Relative", "run_date", "The same as today"),
    Variable("Relative", "days_ago(7)", "So many days before the run"),
    Variable("Relative", "days_from_now(1)", "So many days after the run"),
    Variable("Relative", 'last("monday")', "The latest such weekday before the run"),
    *_date_variables(),
    Variable("Data period", "period.label", "Such as 17\u201323 Jun 2013"),
    Variable("Data period", "period.start", "The first day of the data"),
    Variable("Data period", "period.end", "The last day of the data"),
    Variable("Data period", "period_start", "The same as period.start"),
    Variable("Data period", "period_end", "The same as period.end"),
    Variable("Data period", "period_end_exclusive", "The day after the last day of the data"),
    Variable("Data period", "compare.label", "The period of the run before, which changes are counted from"),
    Variable("Report", "report.name", "The name of the report"),
    Variable("Report", "report.slug", "The name for a file, such as departures-by-airline"),
    Variable("Report", "report.description", "The description of the report"),
    Variable("Report", "report.url", "The address of the report's page"),
    Variable("Report", "report.owner", "Who set the report up"),
    Variable("Report", "report.tags", "The tags of the report, such as finance, weekly"),
    Variable("Report", "workspace", "The name of the workspace"),
    Variable("Run", "run.id", "The id of the run"),
    Variable("Run", "run.url", "The address of the run's page"),
    Variable("Run", "run.number", "How many times the report has run, this one included"),
    Variable("Run", "run.duration", "How long reading and writing took"),
    Variable("Run", "run.started_at", "When the run began"),
    Variable("Run", "run.finished_at", "When its files were written"),
    Variable("Run", "run.attempt", "1, or more after a failure that passed by itself"),
    Variable("Run", "run.status", "success, or partial when a part is missing"),
    Variable("Run", "run.trigger", "schedule, manual or test"),
    Variable(DATA_GROUP, "rows", "How many rows there are"),
    Variable(DATA_GROUP, "rows_delta", "How many more than in the run before"),
    Variable(DATA_GROUP, "columns", "How many columns there are"),
    Variable(DATA_GROUP, "is_empty", "True when there are no rows"),
    Variable(DATA_GROUP, "changed", "False when the rows are those of the run before"),
    Variable(DATA_GROUP, "first.COL", "A value of the first row, by the name of its column"),
    Variable(DATA_GROUP, 'sum("COL")', "The sum of a column over all rows"),
    Variable(DATA_GROUP, 'avg("COL")', "The mean of a column over all rows"),
    Variable(DATA_GROUP, 'min("COL")', "The least value of a column"),
    Variable(DATA_GROUP, 'max("COL")', "The greatest value of a column"),
    Variable(DATA_GROUP, "kpi.NAME.value", "A key figure, by its label in small letters or by its column"),
    Variable(DATA_GROUP, "kpi.NAME.previous", "Its value in the run before"),
    Variable(DATA_GROUP, "kpi.NAME.delta", "Its change since then"),
    Variable(DATA_GROUP, "kpi.NAME.delta_pct", "Its change in per cent"),
    Variable("Parameters", "params.NAME", "A parameter of the report, by its name"),
    Variable(PERSON_GROUP, "recipient.name", "Who gets this mail"),
    Variable(PERSON_GROUP, "recipient.first_name", "The first word of that name"),
    Variable(PERSON_GROUP, "recipient.email", "The address this mail goes to"),
    Variable("Report", "sender.name", "The name of the sender"),
    Variable(FAILURE_GROUP, "error.title", "What went wrong in a few words"),
    Variable(FAILURE_GROUP, "error.detail", "The cause in words; for the owner alone, it may name tables and servers"),
    Variable(FAILURE_GROUP, "next_try", "When the report runs next, empty while it is paused"),
    Variable(FAILURE_GROUP, "failures_in_row", "How many runs in a row did not go well, this one included"),
    Variable(BLOCKS_GROUP, "kpis", "The key figures, at this place of the text"),
    Variable(BLOCKS_GROUP, "chart", "The chart, or all charts of a dashboard"),
    Variable(BLOCKS_GROUP, "table(10)", "The first rows, 1 to 50 of them"),
    Variable(BLOCKS_GROUP, "files", "The list of files"),
    Variable(BLOCKS_GROUP, 'button("Open")', "A button that opens the run"),
)
