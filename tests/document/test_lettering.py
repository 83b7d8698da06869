"""How lines of text come into a chart's picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.document import lettering
from core.document.raster import shapes_png
from core.document.shapes import Anchor, Label

Dots = np.ndarray[Any, np.dtype[Any]]
WHITE = "#FFFFFF"
ANCHORS: tuple[Anchor, ...] = ("start", "middle", "end")


def ink(*labels: Label) -> Dots:
    png = shapes_png(labels, width=120, height=60, scale=2, background=WHITE)
    return 255 - np.asarray(Image.open(io.BytesIO(png)).convert("L")).astype(int)


def spread(cover: Dots) -> tuple[int, int]:
    """Its width and height, without what is empty around it."""
    wide, high = np.flatnonzero(cover.max(axis=0)), np.flatnonzero(cover.max(axis=1))
    return int(wide[-1] - wide[0]), int(high[-1] - high[0])


@pytest.mark.parametrize("text", ["25 Aug", "1,234.5", "Zürich", "Ąłya"])
def test_a_line_looks_the_same_whoever_draws_it(text: str) -> None:
    ours = lettering._pillows_mask(text, "bold", 32, 0.25, 0.5)
    aggs = lettering._aggs_mask(text, "bold", 16, 2, 0.25, 0.5)
    assert spread(ours.cover) == pytest.approx(spread(aggs.cover), abs=2)
    assert int(ours.cover.sum()) == pytest.approx(int(aggs.cover.sum()), rel=0.08)
    assert ours.top == pytest.approx(aggs.top, abs=1)


@pytest.mark.parametrize("text", ["Tokyo", "שלום", "नमस्ते", "▲ 4"])
def test_a_label_stands_where_its_anchor_says(text: str) -> None:
    columns = [np.flatnonzero(ink(Label(60, 30, text, 16, "#000000", anchor)).max(axis=0)) for anchor in ANCHORS]
    start, middle, end = ((int(found[0]), int(found[-1])) for found in columns)
    assert start[0] == pytest.approx(120, abs=5)
    assert end[1] == pytest.approx(120, abs=5)
    assert sum(middle) / 2 == pytest.approx(120, abs=4)


@pytest.mark.parametrize("place", [(-4, 30), (115, 30), (40, 2), (40, 66), (-300, 30), (40, 900)])
def test_what_sticks_out_of_the_picture_is_cut(place: tuple[int, int]) -> None:
    inside = ink(Label(40, 30, "Wide", 16, "#000000")).sum()
    assert ink(Label(*place, "Wide", 16, "#000000")).sum() < inside


def test_the_colour_of_a_label_is_the_one_asked_for() -> None:
    png = shapes_png([Label(10, 40, "\u2588", 40, "#3B5BDB")], width=120, height=60, scale=2, background="#17191F")
    colours = set(Image.open(io.BytesIO(png)).convert("RGB").get_flattened_data())
    assert {(0x3B, 0x5B, 0xDB), (0x17, 0x19, 0x1F)} <= colours
