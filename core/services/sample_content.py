"""The sample's saved queries, its dashboard and its reports, as plain data."""

from __future__ import annotations

from typing import Any, Final

_WEEK_START: Final = {"name": "week_start", "type": "date", "default": "last_week_start"}
_FIRST_DAY: Final = {"name": "first_day", "type": "date", "default": "last_week_start"}
_LAST_DAY: Final = {"name": "last_day", "type": "date", "default": "last_week_end"}

_ON_TIME_KPI: Final = {
    "label": "On time",
    "column": "on_time_overall",
    "aggregate": "last",
    "format": "percent:1",
    "higher_is_better": True,
}
_DELAY_KPI: Final = {
    "label": "Average delay",
    "column": "delay_overall_min",
    "aggregate": "last",
    "higher_is_better": False,
}
_CANCELLED_KPI: Final = {
    "label": "Cancelled",
    "column": "cancelled",
    "aggregate": "sum",
    "higher_is_better": False,
}
# An average of averages would be wrong: these columns carry the figure of all rows, and are not shown.
_OVERALL: Final = {
    "on_time_overall": {"hidden": True, "format": "percent:1"},
    "delay_overall_min": {"hidden": True, "format": "number:1"},
}
_DELAYS: Final = {
    "on_time_share": {"label": "On time", "format": "percent:1"},
    "avg_delay_min": {"label": "Avg delay", "format": "number:1"},
}
_LONGEST: Final = {"longest_delay_min": {"label": "Longest delay"}}


def _departures_kpi() -> dict[str, Any]:
    return {"label": "Departures", "column": "departures", "aggregate": "sum"}


QUERIES: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Departures and delays by airline",
        "description": "A week of departures from the three New York airports. On time is at most 15 minutes late.",
        "parameters": [_WEEK_START],
        "sql": """\
SELECT a.name AS airline,
       sum(1 - f.cancelled) AS departures,
       avg(f.dep_delay <= 15) AS on_time_share,
       avg(f.dep_delay) AS avg_delay_min,
       max(f.dep_delay) AS longest_delay_min,
       sum(f.cancelled) AS cancelled,
       max(f.flight_date) AS last_flight,
       1.0 * sum(sum(f.dep_delay <= 15)) OVER () / sum(count(f.dep_delay)) OVER () AS on_time_overall,
       1.0 * sum(sum(f.dep_delay)) OVER () / sum(count(f.dep_delay)) OVER () AS delay_overall_min
FROM sample_calendar AS c
JOIN flights AS f ON f.flight_date = c.day_2013
JOIN airlines AS a ON a.carrier = f.carrier
WHERE c.day BETWEEN :week_start AND date(:week_start, '+6 days')
GROUP BY a.name
ORDER BY departures DESC""",
        "presentation": {
            "kpis": [_departures_kpi(), _ON_TIME_KPI, _DELAY_KPI, _CANCELLED_KPI],
            "chart": {
                "kind": "bar",
                "x": "airline",
                "y": "avg_delay_min",
                "title": "Average departure delay by airline",
            },
            "columns": {**_DELAYS, **_LONGEST, **_OVERALL, "last_flight": {"format": "date"}},
        },
    },
    {
        "name": "Worst routes",
        "description": "The routes whose departures were latest, with at least so many departures.",
        "parameters": [_FIRST_DAY, _LAST_DAY, {"name": "least_departures", "type": "integer", "default": 5}],
        "sql": """\
SELECT f.origin AS origin,
       coalesce(p.name, f.dest) AS destination,
       count(f.dep_delay) AS departures,
       avg(f.dep_delay) AS avg_delay_min,
       max(f.dep_delay) AS longest_delay_min,
       avg(f.dep_delay <= 15) AS on_time_share,
       sum(f.cancelled) AS cancelled
FROM sample_calendar AS c
JOIN flights AS f ON f.flight_date = c.day_2013
LEFT JOIN airports AS p ON p.faa = f.dest
WHERE c.day BETWEEN :first_day AND :last_day
GROUP BY f.origin, f.dest
HAVING count(f.dep_delay) >= :least_departures
ORDER BY avg_delay_min DESC
LIMIT 25""",
        "presentation": {
            "kpis": [
                {
                    "label": "Worst average delay",
                    "column": "avg_delay_min",
                    "aggregate": "max",
                    "higher_is_better": False,
                },
                {
                    "label": "Longest delay",
                    "column": "longest_delay_min",
                    "aggregate": "max",
                    "higher_is_better": False,
                },
            ],
            "chart": {
                "kind": "bar",
                "x": "destination",
                "y": "avg_delay_min",
                "title": "Average departure delay of the worst routes",
            },
            "columns": {**_DELAYS, **_LONGEST},
        },
    },
    {
        "name": "Cancellations by day",
        "description": "What was planned, what was cancelled, and how late the rest left, day by day.",
        "parameters": [_FIRST_DAY, _LAST_DAY],
        "sql": """\
SELECT f.flight_date AS day,
       count(*) AS planned,
       sum(f.cancelled) AS cancelled,
       avg(f.cancelled) AS cancelled_share,
       avg(f.dep_delay) AS avg_delay_min,
       1.0 * sum(sum(f.cancelled)) OVER () / sum(count(*)) OVER () AS cancelled_overall
FROM sample_calendar AS c
JOIN flights AS f ON f.flight_date = c.day_2013
WHERE c.day BETWEEN :first_day AND :last_day
GROUP BY f.flight_date
ORDER BY f.flight_date""",
        "presentation": {
            "kpis": [
                {"label": "Planned departures", "column": "planned", "aggregate": "sum"},
                _CANCELLED_KPI,
                {
                    "label": "Share cancelled",
                    "column": "cancelled_overall",
                    "aggregate": "last",
                    "format": "percent:1",
                    "higher_is_better": False,
                },
                {"label": "Most on one day", "column": "cancelled", "aggregate": "max", "higher_is_better": False},
            ],
            "chart": {"kind": "bar", "x": "day", "y": "cancelled", "title": "Cancelled departures per day"},
            "columns": {
                "day": {"format": "date"},
                "cancelled_share": {"label": "Cancelled %", "format": "percent:1"},
                "avg_delay_min": {"label": "Avg delay", "format": "number:1"},
                "cancelled_overall": {"hidden": True, "format": "percent:1"},
            },
        },
    },
    {
        "name": "Weather and delays",
        "description": "One week of departures by the weather at their airport in their hour.",
        "parameters": [_WEEK_START],
        "sql": """\
SELECT CASE
           WHEN w.time_hour IS NULL THEN 'Not measured'
           WHEN w.visibility_mi < 3 THEN 'Fog or haze'
           WHEN w.rain_in > 0 THEN 'Rain'
           WHEN w.wind_mph >= 20 THEN 'Strong wind'
           ELSE 'Fair'
       END AS weather,
       sum(1 - f.cancelled) AS departures,
       avg(f.dep_delay <= 15) AS on_time_share,
       avg(f.dep_delay) AS avg_delay_min,
       sum(f.cancelled) AS cancelled,
       1.0 * sum(sum(f.dep_delay <= 15)) OVER () / sum(count(f.dep_delay)) OVER () AS on_time_overall,
       1.0 * sum(sum(f.dep_delay)) OVER () / sum(count(f.dep_delay)) OVER () AS delay_overall_min
FROM sample_calendar AS c
JOIN flights AS f ON f.flight_date = c.day_2013
LEFT JOIN weather AS w ON w.origin = f.origin AND w.time_hour = f.time_hour
WHERE c.day BETWEEN :week_start AND date(:week_start, '+6 days')
GROUP BY 1
ORDER BY departures DESC""",
        "presentation": {
            "kpis": [_ON_TIME_KPI, _DELAY_KPI],
            "chart": {
                "kind": "bar",
                "x": "weather",
                "y": "avg_delay_min",
                "title": "Average departure delay by weather",
            },
            "columns": {**_DELAYS, **_OVERALL},
        },
    },
    {
        "name": "Fleet use",
        "description": "One month in the air: which models flew, how often and how far.",
        "parameters": [{"name": "month_start", "type": "date", "default": "last_month_start"}],
        "sql": """\
SELECT p.manufacturer AS manufacturer,
       p.model AS model,
       count(DISTINCT f.tailnum) AS planes,
       count(*) AS flights,
       sum(f.air_time) / 60.0 AS time_in_air_h,
       round(sum(f.distance) * 1.609344) AS distance_km,
       1.0 * count(*) / count(DISTINCT f.tailnum) AS flights_per_plane
FROM flights AS f
JOIN planes AS p ON p.tailnum = f.tailnum
WHERE f.flight_date >= strftime('2013-%m-01', :month_start)
  AND f.flight_date < date(strftime('2013-%m-01', :month_start), '+1 month')
  AND f.cancelled = 0
GROUP BY p.manufacturer, p.model
ORDER BY time_in_air_h DESC""",
        "presentation": {
            "kpis": [
                {"label": "Flights", "column": "flights", "aggregate": "sum"},
                {"label": "Planes", "column": "planes", "aggregate": "sum"},
                {"label": "Hours in the air", "column": "time_in_air_h", "aggregate": "sum", "format": "integer"},
                {"label": "Distance", "column": "distance_km", "aggregate": "sum", "format": "compact"},
            ],
            "chart": {"kind": "bar", "x": "model", "y": "time_in_air_h", "title": "Hours in the air by model"},
            "columns": {
                "time_in_air_h": {"label": "In the air", "format": "number:1"},
                "distance_km": {"label": "Distance", "format": "integer"},
                "flights_per_plane": {"format": "number:1"},
            },
        },
    },
)

# Tiles name their query; the service puts its id there.
DASHBOARD: Final[dict[str, Any]] = {
    "name": "New York airports, last week",
    "description": "Newark, JFK and LaGuardia: departures, cancellations, weather and the routes to watch.",
    "tiles": [
        {
            "query": "Departures and delays by airline",
            "title": "Airlines",
            "chart": "bar",
            "x": "airline",
            "y": "avg_delay_min",
        },
        {"query": "Cancellations by day", "title": "Cancellations", "chart": "bar", "x": "day", "y": "cancelled"},
        {"query": "Weather and delays", "title": "Weather", "chart": "bar", "x": "weather", "y": "avg_delay_min"},
        {"query": "Worst routes", "title": "Routes to watch", "chart": "table"},
    ],
}

# `query` or `dashboard` is replaced by an id, the zone is the owner's, and the owner reads along.
REPORTS: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Worst routes of yesterday",
        "description": "Every morning: where people waited longest.",
        "query": "Worst routes",
        "parameters": {"first_day": "yesterday", "last_day": "yesterday", "least_departures": 2},
        "schedule_config": {"type": "daily", "time": "07:00"},
        "formats": ["excel", "pdf"],
    },
    {
        "name": "Departures by airline",
        "description": "Every Monday: how each airline did in the week before.",
        "query": "Departures and delays by airline",
        # Run in the middle of a week it shows the seven days it names.
        "parameters": {"week_start": "period_start"},
        "schedule_config": {"type": "weekly", "time": "07:00", "day_of_week": 0},
        "formats": ["excel", "csv", "pdf", "html"],
        "email_body": (
            "Good morning {{ recipient.first_name }}, here is how the airlines of New York did in the week "
            "{{ period.label }}. All rows are in the files."
        ),
    },
    {
        "name": "Fleet use",
        "description": "On the first of each month: the month before in the air.",
        "query": "Fleet use",
        "schedule_config": {"type": "monthly", "time": "07:00", "day_of_month": 1},
        "formats": ["excel", "pdf"],
    },
)
