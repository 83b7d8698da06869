"""What the gallery shows: one scene per kind of report and per state, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

READER: Final = "dana@example.test"
WEEKLY: Final = {"type": "weekly", "time": "07:00", "day_of_week": 0}
DAILY: Final = {"type": "daily", "time": "07:00"}
MONTHLY: Final = {"type": "monthly", "time": "07:00", "day_of_month": 1}
ALL: Final = ("excel", "csv", "pdf", "html")

Run = Literal["schedule", "test", "stop", "invitation", "account test"]


@dataclass(frozen=True, slots=True)
class Scene:
    """A report to run `times` times; the last mail is shown. `flights` tells that it needs the large sample.

    `sample` is the name of a report of the sample; otherwise `queries` (name -> fields) go into a report of one
    query or, with `tiles`, of a dashboard. `to_owner` shows the owner's mail instead of the reader's. `workspace` and
    `settings` (environment variables) hold during the scene; `logo` adds one in the brand colour.
    """

    title: str
    sample: str = ""
    queries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tiles: tuple[Mapping[str, Any], ...] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    run: Run = "schedule"
    times: int = 1
    flights: bool = False
    to_owner: bool = False
    workspace: Mapping[str, Any] = field(default_factory=dict)
    logo: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)


def _report(name: str, description: str, schedule: Mapping[str, Any], *formats: str) -> dict[str, Any]:
    return {"name": name, "description": description, "schedule_config": dict(schedule), "formats": list(formats)}


_UNTIL: Final = {"name": "until", "type": "date", "default": "yesterday"}
_FROM: Final = {"name": "since", "type": "date", "default": "period_start"}

_VISITS: Final = {
    "description": "Visits of the last sixty days, beside the same days a year before.",
    "parameters": [_UNTIL],
    "sql": """\
SELECT v.day AS day, v.visits AS visits, p.visits AS visits_last_year
FROM visits AS v LEFT JOIN visits AS p ON p.day = date(v.day, '-364 days')
WHERE v.day > date(:until, '-60 days') AND v.day <= :until ORDER BY v.day""",
}
_SHOPS: Final = {
    "description": "What each shop sold in the last four weeks and in the four weeks before.",
    "parameters": [_UNTIL],
    "sql": """\
SELECT shop,
       sum(CASE WHEN day > date(:until, '-28 days') THEN amount_eur END) AS revenue_eur,
       sum(CASE WHEN day <= date(:until, '-28 days') THEN amount_eur END) AS revenue_previous_eur,
       sum(CASE WHEN day > date(:until, '-28 days') THEN returned END) AS returned
FROM sales WHERE day > date(:until, '-56 days') AND day <= :until GROUP BY shop ORDER BY revenue_eur DESC""",
    "presentation": {
        "columns": {"revenue_eur": {"label": "Revenue"}, "revenue_previous_eur": {"label": "Four weeks before"}}
    },
}
_FIGURES: Final = {
    "description": "",
    "parameters": [_UNTIL],
    "sql": """\
SELECT sum(amount_eur) AS revenue_eur, sum(orders) AS orders, sum(returned) AS returned,
       1.0 * sum(returned) / sum(orders) AS return_rate
FROM sales WHERE day > date(:until, '-7 days') AND day <= :until""",
    "presentation": {
        "kpis": [
            {"label": "Revenue", "column": "revenue_eur", "aggregate": "last", "higher_is_better": True},
            {"label": "Orders", "column": "orders", "aggregate": "last", "higher_is_better": True},
            {"label": "Returned", "column": "returned", "aggregate": "last", "higher_is_better": False},
            {
                "label": "Return rate",
                "column": "return_rate",
                "aggregate": "last",
                "format": "percent:1",
                "higher_is_better": False,
            },
        ]
    },
}
_KINDS: Final = {
    "description": "Share of the revenue by kind of goods.",
    "parameters": [_UNTIL],
    "sql": """\
SELECT kind, sum(amount_eur) AS revenue_eur FROM sales
WHERE day > date(:until, '-28 days') AND day <= :until GROUP BY kind ORDER BY revenue_eur DESC""",
}
_WIDE: Final = {
    "description": "Every order of the month with all that is known of it.",
    "sql": "SELECT * FROM orders ORDER BY order_date, order_no",
    "presentation": {"columns": {"margin_share": {"format": "percent:1"}}},
}
_CITIES: Final = {
    "description": "Names and notes in the scripts that people write: left to right, right to left, with signs.",
    "sql": "SELECT city, note, guests, satisfied_share, day FROM cities ORDER BY guests DESC",
    "presentation": {"columns": {"satisfied_share": {"format": "percent:0"}}},
}
_TASTES: Final = {
    "description": "How pleased each customer was with each kind of goods.",
    "sql": """\
SELECT customer, kind, count(*) AS orders, avg(rating >= 4) AS satisfied_share, avg(rating) AS avg_rating,
       sum(gross_eur) AS gross_eur
FROM orders GROUP BY customer, kind ORDER BY satisfied_share DESC, customer, kind""",
    "presentation": {
        "kpis": [
            {"label": "Orders", "column": "orders", "aggregate": "sum"},
            {
                "label": "Satisfied",
                "column": "satisfied_share",
                "aggregate": "avg",
                "format": "percent:1",
                "higher_is_better": True,
            },
        ],
        "chart": {"kind": "bar", "x": "customer", "y": "satisfied_share", "title": "Satisfied, by customer"},
        "columns": {"satisfied_share": {"label": "Satisfied", "format": "percent:1"}},
        "min_sample": {"column": "orders", "least": 6},
    },
}
_NOTHING: Final = {
    "description": "Orders that nobody has paid for.",
    "sql": "SELECT order_no, customer, gross_eur FROM orders WHERE gross_eur < 0",
}
_BROKEN: Final = {
    "description": "A table that is gone.",
    "sql": "SELECT customer, amount FROM invoices_2019",
}
_LARGE: Final = {
    "description": "Every flight of the year.",
    "sql": "SELECT * FROM flights LIMIT 200000",
}

SCENES: Final[dict[str, Scene]] = {
    "normal": Scene("A normal week, compared with the one before", sample="Departures by airline", times=2),
    "first-run": Scene("The first run: nothing to compare with", sample="Departures by airline"),
    "test": Scene("A test mail", sample="Departures by airline", run="test", to_owner=True),
    "daily": Scene("A table with few columns", sample="Worst routes of yesterday", times=2),
    "monthly": Scene("A month, large numbers", sample="Fleet use", times=2),
    "flights-dashboard": Scene(
        "The dashboard of the sample",
        sample="New York airports, last week",
        report=_report("New York airports", "Every Monday: the three airports at a glance.", WEEKLY, *ALL),
        times=2,
    ),
    "zipped": Scene(
        "Files too large for a mail: the CSV is zipped",
        queries={"Every flight": _LARGE},
        report=_report("Every flight", "The whole year, flight by flight.", MONTHLY, "csv", "pdf", "html"),
        flights=True,
    ),
    "links": Scene(
        "Files too large even so: links that end",
        queries={"Every flight": _LARGE},
        report=_report("Every flight by link", "The whole year, flight by flight.", MONTHLY, "csv", "pdf", "html"),
        flights=True,
        settings={"ROOSTER_MAX_ATTACHMENTS_MB": "1"},
    ),
    "figures": Scene(
        "A dashboard with figures, a line, bars with the period before, and shares",
        queries={"Week": _FIGURES, "Visits per day": _VISITS, "Shops": _SHOPS, "Kinds of goods": _KINDS},
        tiles=(
            {"query": "Week", "title": "This week", "chart": "metric"},
            {"query": "Visits per day", "title": "Visits", "chart": "line", "x": "day"},
            {"query": "Shops", "title": "Shops", "chart": "bar", "x": "shop"},
            {"query": "Kinds of goods", "title": "Kinds of goods", "chart": "pie", "x": "kind"},
        ),
        report=_report("Shops at a glance", "Every Monday: what was sold and who came.", WEEKLY, *ALL),
        times=2,
    ),
    "line": Scene(
        "A line of dates, a date as first column",
        queries={"Visits per day": _VISITS},
        report=_report("Visits", "Who came, day by day.", WEEKLY, "excel", "pdf", "html"),
        times=2,
    ),
    "previous": Scene(
        "Bars with the period before",
        queries={"Shops": _SHOPS},
        report=_report("Shops", "What each shop sold.", DAILY, "excel", "pdf", "html"),
        times=2,
    ),
    "wide": Scene(
        "More columns than fit",
        queries={"Orders": _WIDE},
        report=_report("Orders of the month", "Everything known of each order.", MONTHLY, *ALL),
    ),
    "scripts": Scene(
        "Many scripts, right to left, emoji, formulas and markup",
        queries={"Guests by city": _CITIES},
        report=_report("Guests of the world", "Zürich · القاهرة · 東京 · दिल्ली · กรุงเทพ", DAILY, *ALL),
    ),
    "empty": Scene(
        "No rows",
        queries={"Unpaid orders": _NOTHING},
        report=_report("Unpaid orders", "Nothing here is good news.", DAILY, *ALL),
        times=2,
    ),
    "partial": Scene(
        "One tile failed",
        queries={"Visits per day": _VISITS, "Invoices": _BROKEN},
        tiles=(
            {"query": "Visits per day", "title": "Visits", "chart": "line", "x": "day"},
            {"query": "Invoices", "title": "Invoices", "chart": "bar"},
        ),
        report=_report("Visits and invoices", "One part of it cannot be made.", WEEKLY, *ALL),
    ),
    "failed": Scene(
        "The run failed: a notice to its owner",
        queries={"Invoices": _BROKEN},
        report=_report("Invoices", "Its table is gone.", DAILY, "excel"),
        to_owner=True,
    ),
    "failed-own-words": Scene(
        "The run failed: the notice in the owner's own words",
        queries={"Invoices": _BROKEN},
        report={
            **_report("Old invoices", "Its table is gone.", DAILY, "excel"),
            "tags": ["finance"],
            "failure_subject": "{{ report.name }}: run {{ run.number }} failed",
            "failure_body": "**{{ error.title }}.** {{ error.detail }}\n\n- Tags: {{ report.tags }}\n"
            "- Failures in a row: {{ failures_in_row }}\n- Next try: {{ next_try }}",
        },
        to_owner=True,
    ),
    "small-samples": Scene(
        "Rows below the minimum sample are grey",
        queries={"Tastes": _TASTES},
        report={
            **_report("Tastes of our customers", "Who liked what.", WEEKLY, *ALL),
            "tags": ["quality", "weekly"],
            "email_body": "Filed under {{ report.tags }}.\n\n{{ table(20) }}",
        },
        times=2,
    ),
    "light-chart": Scene(
        "No dark chart: the light one in every mail",
        queries={"Visits per day": _VISITS},
        report={**_report("Visits in the light", "Who came, day by day.", WEEKLY, "pdf"), "dark_chart": False},
        times=2,
    ),
    "stopped": Scene(
        "A reader wants no more mails: a notice to the owner",
        queries={"Shops": _SHOPS},
        report=_report("Daily shops", "What each shop sold.", DAILY, "pdf"),
        run="stop",
        to_owner=True,
    ),
    "invitation": Scene("An invitation", run="invitation"),
    "account-test": Scene("The test of a mail account", run="account test", to_owner=True),
    "brand": Scene(
        "A workspace with a colour and a logo of its own",
        queries={"Shops": _SHOPS},
        report=_report("Shops in our colours", "What each shop sold.", DAILY, *ALL),
        times=2,
        workspace={"name": "Fjord & Fell", "brand_color": "#7A1F5C"},
        logo=True,
    ),
    "german": Scene(
        "A German workspace",
        queries={"Shops": _SHOPS},
        report=_report("Filialen", "Was jede Filiale verkauft hat.", WEEKLY, *ALL),
        times=2,
        workspace={"locale": "de_DE"},
    ),
    "arabic": Scene(
        "An Arabic workspace of Egypt",
        queries={"Shops": _SHOPS},
        report=_report("المتاجر", "مبيعات كل متجر.", WEEKLY, *ALL),
        times=2,
        workspace={"locale": "ar_EG"},
    ),
}
