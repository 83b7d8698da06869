"""The axes of a chart: round steps upwards, words along the bottom that do not touch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import pairwise
from typing import Any

from core.document.locales import day_text, month_text, time_text, weekday_text, year_text
from core.document.model import ChartData, Column, Kind
from core.document.shapes import MOST_LETTERS
from core.document.values import format_value, parse_format

_STEPS = (1, 2, 2.5, 5, 10)
_COMPACT_FROM = 100_000
_SHORTEST_MONTH = 28
_MOST_OF_A_YEAR = 300


@dataclass(frozen=True, slots=True)
class Scale:
    """Values between `low` and `high`, with a line at every multiple of `step` in between."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        first, last = math.ceil(self.low / self.step - 1e-9), math.floor(self.high / self.step + 1e-9)
        return [number * self.step for number in range(first, last + 1)]

    def share(self, value: float) -> float:
        """0 at the bottom, 1 at the top."""
        return (value - self.low) / (self.high - self.low)


def values_of(chart: ChartData) -> list[float]:
    return [value for _, values in chart.series for value in values if value is not None]


def value_scale(values: list[float], *, from_zero: bool, lines: int = 4) -> Scale:
    """A scale with round steps; bars start at zero, lines at the round number below their lowest point."""
    low, high = min(values, default=0), max(values, default=1)
    if from_zero or 0 <= low < 0.6 * high:
        low, high = min(low, 0), max(high, 0)
    if low == high:
        low, high = (low - 1, high + 1) if low else (0, 1)
    step = round_step((high - low) / lines)
    return Scale(low if from_zero else math.floor(low / step + 1e-9) * step, high, step)


def round_step(rough: float) -> float:
    """The next of 1, 2, 2.5, 5, 10 times a power of ten."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _STEPS if step * power >= rough * (1 - 1e-9))


def tick_texts(scale: Scale, display: Column, locale: str) -> list[str]:
    return [format_value(tick, _axis_column(scale, display), locale=locale) for tick in scale.ticks]


def label_column(values: list[float], display: Column) -> Column:
    """How a value is written at its bar: as short as it can be and still tell the bars apart."""
    largest = max((abs(value) for value in values), default=0)
    if display.kind == "percent":
        return replace(display, decimals=0 if largest >= 0.1 else 1)
    if display.kind == "duration":
        return display
    if largest >= _COMPACT_FROM and not display.format:
        return replace(display, format="compact")
    whole = largest >= 10 or all(value == int(value) for value in values)
    return replace(display, kind="decimal", decimals=0 if whole else 1)


def x_texts(chart: ChartData, locale: str) -> list[str]:
    """The words under the points."""
    return list(map(x_writer(chart, locale), chart.x))


def x_writer(chart: ChartData, locale: str) -> Callable[[Any], str]:
    """Writes the words under one point; a chart of many days shows a few of them only."""
    dates = [value for value in chart.x if isinstance(value, date)]
    if len(dates) == len(chart.x) and dates:
        return partial(_date_writer(dates), locale=locale)
    return lambda value: _one_line(format_value(value, chart.x_display, locale=locale))


def _one_line(text: str) -> str:
    """No longer than a chart has room for, and without what would break the line, or the XML."""
    kept = text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1].rstrip() + "\u2026"
    return "".join(ch if ch.isprintable() else " " for ch in kept)


def _date_writer(moments: list[date]) -> Callable[..., str]:
    if any(isinstance(m, datetime) and (m.hour or m.minute) for m in moments):
        return partial(_moment_text, within_a_day=_days(moments) == 0)
    gap = min(((later - earlier).days for earlier, later in pairwise(sorted(moments))), default=1)
    if gap >= _SHORTEST_MONTH and all(moment.day == 1 for moment in moments):
        return year_text if gap > _MOST_OF_A_YEAR else month_text
    return weekday_text if len(moments) <= 8 and _days(moments) <= 10 else day_text


def _days(moments: list[date]) -> int:
    days = [m.date() if isinstance(m, datetime) else m for m in moments]
    return (max(days) - min(days)).days


def _moment_text(moment: date, locale: str, *, within_a_day: bool) -> str:
    if isinstance(moment, datetime) and within_a_day:
        return time_text(moment.time(), locale)
    return day_text(moment, locale)


def position(value: Any) -> float:
    """A place on a line for a date, an instant or a number."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return value.toordinal() * 86_400
    return float(value)


def _axis_column(scale: Scale, display: Column) -> Column:
    if display.kind == "duration":
        return display
    factor = 100 if display.kind == "percent" else 1
    if not display.format and max(abs(scale.low), abs(scale.high)) >= _COMPACT_FROM:
        return replace(display, format="compact", unit=None)
    places = max(0, -math.floor(math.log10(scale.step * factor) + 1e-9))
    if scale.step * factor / 10.0 ** math.floor(math.log10(scale.step * factor)) == 2.5:
        places += 1 if scale.step * factor < 10 else 0
    kind: Kind = "percent" if display.kind == "percent" else "decimal"
    # The places that the author asked for are for values; round steps need fewer.
    return replace(_without_places(display), kind=kind, decimals=places)


def _without_places(display: Column) -> Column:
    style = parse_format(display.format) if display.format else None
    return display if style is None or style.compact or style.currency else replace(display, format=None)
