"""Labels far longer than a chart: cut once, measured a few times, whatever their length."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from core.document import frames, plots, shapes
from core.document.charts import chart_alt, chart_png, chart_svg
from core.document.gather import SectionGatherer
from core.document.model import ChartData, SectionHead
from core.document.presentation import columns_of

HUGE = "Delayed by weather " * 2_106


def chart_of(label: str, kind: str) -> ChartData:
    batch = pa.RecordBatch.from_pydict({"reason": [label, "Weather", "Crew"], "flights": [40, 30, 20]})
    presentation: dict[str, Any] = {"chart": {"kind": kind, "x": "reason", "y": "flights"}}
    head = SectionHead("1", "Reasons", columns_of(batch.schema, presentation, sample=batch))
    gatherer = SectionGatherer(head, presentation)
    gatherer.add(batch)
    chart = gatherer.finish().chart
    assert chart is not None
    return chart


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of all texts that are measured, in order."""
    lengths: list[int] = []
    original = shapes.text_width

    def counted(text: str, *arguments: Any) -> float:
        lengths.append(len(text))
        return original(text, *arguments)

    for module in (shapes, frames, plots):
        monkeypatch.setattr(module, "text_width", counted)
    return lengths


@pytest.mark.parametrize("draw", [chart_png, chart_svg], ids=["png", "svg"])
@pytest.mark.parametrize("kind", ["bar", "pie", "line"])
def test_a_label_of_40_000_letters_takes_a_few_short_measurements(kind: str, draw: Any, measured: list[int]) -> None:
    assert len(HUGE) > 40_000
    draw(chart_of(HUGE, kind))
    assert len(measured) < 100
    assert max(measured) <= shapes.MOST_LETTERS + 1


def test_a_long_text_is_cut_in_as_many_steps_as_halving_takes(measured: list[int]) -> None:
    cut = shapes.shortened(HUGE, 212, 16)
    assert len(measured) <= 9
    assert cut.startswith("Delayed by weather")
    assert cut.endswith("\u2026")


@pytest.mark.parametrize("width", [0, 5, 40, 100, 212, 400])
def test_what_is_kept_of_a_text_is_all_that_fits(width: float) -> None:
    text = "Chicago O'Hare International, Illinois"
    cut = shapes.shortened(text, width, 16)
    if cut == text:
        return
    kept = len(cut) - 1
    assert kept == 0 or shapes.text_width(cut, 16) <= width
    assert shapes.text_width(text[: kept + 2] + "\u2026", 16) > width


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert shapes.shortened("Weather", 200, 16) == "Weather"
    assert shapes.shortened("", 1, 16) == ""


def test_no_tooltip_nor_description_carries_a_label_of_40_000_letters() -> None:
    chart = chart_of(HUGE, "bar")
    assert len(chart_svg(chart)) < 6_000
    assert len(chart_alt(chart)) < 400
