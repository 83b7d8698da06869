from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from core.document.theme import CONFIG_FILE, streamlit_theme
from core.document.tokens import (
    DARK,
    DARK_BUTTON,
    DISTINCT,
    LIGHT,
    READABLE,
    VISIBLE,
    Palette,
    blend,
    contrast,
    with_brand,
)
from core.errors import InvalidInput

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
def test_every_text_is_readable_on_every_background(palette: Palette) -> None:
    for ink in (palette.text, palette.sub, palette.muted):
        for background in (palette.page, palette.card, palette.sunken):
            assert contrast(ink, background) >= READABLE, (ink, background)
    pairs = [(palette.good, palette.good_soft), (palette.warn, palette.warn_soft), (palette.bad, palette.bad_soft)]
    for ink, soft in [*pairs, (palette.brand_ink, palette.brand)]:
        assert contrast(ink, soft) >= READABLE, (ink, soft)
    for ink in (palette.good, palette.warn, palette.bad, palette.brand, palette.link):
        assert contrast(ink, palette.card) >= READABLE, ink


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda palette: palette.name)
@pytest.mark.parametrize(
    "brand",
    ["#3B5BDB", "#FFCC00", "#000000", "#FFFFFF", "#C0392B", "#777777", "#0F0", "#00FFFF", "#FF00FF", "#123456"]
    + [f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in itertools.product((0, 90, 170, 255), repeat=3)],
)
def test_any_brand_colour_becomes_readable(brand: str, palette: Palette) -> None:
    branded = with_brand(palette, brand)
    assert contrast(branded.link, branded.card) >= READABLE
    assert contrast(branded.brand_ink, branded.brand) >= READABLE
    assert contrast(branded.brand, branded.card) >= (READABLE if palette.is_dark else DISTINCT)
    assert contrast(branded.series[0], branded.card) >= VISIBLE


def test_a_brand_colour_that_can_be_seen_and_read_is_left_alone() -> None:
    assert with_brand(LIGHT, "#3B5BDB") == LIGHT
    assert with_brand(DARK, None) == DARK
    red = with_brand(LIGHT, "#C0392B")
    assert (red.brand, red.link, red.brand_ink) == ("#C0392B", "#C0392B", "#FFFFFF")


def test_a_bright_brand_keeps_its_colour_in_buttons_and_is_darkened_in_words_alone() -> None:
    orange = with_brand(LIGHT, "#E8590C")
    assert orange.brand == "#E8590C"
    assert orange.brand_ink != "#FFFFFF"
    assert contrast(orange.link, LIGHT.card) >= READABLE > contrast(orange.brand, LIGHT.card)


def test_a_bright_yellow_stays_yellow_behind_dark_letters() -> None:
    yellow = with_brand(LIGHT, "#FFE600")
    assert yellow.brand == "#FFE600"
    assert contrast(yellow.brand_ink, yellow.brand) >= READABLE
    assert contrast(yellow.series[0], LIGHT.card) >= VISIBLE > contrast(yellow.brand, LIGHT.card)


def test_a_wrong_colour_is_named() -> None:
    with pytest.raises(InvalidInput, match="'blue' is not a colour"):
        with_brand(LIGHT, "blue")


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000", "#FFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert blend("#000000", "#FFFFFF", 0.5) == "#808080"
    assert contrast("#FFFFFF", DARK_BUTTON) >= READABLE


def test_the_pages_theme_is_written_from_the_tokens() -> None:
    assert CONFIG_FILE.read_text(encoding="utf-8") == streamlit_theme()


def test_the_theme_is_valid_and_its_files_exist() -> None:
    config = tomllib.loads(streamlit_theme())
    assert config["server"]["trustedUserHeaders"]["x-app-session"] == "sid"
    assert config["theme"]["dark"]["textColor"] == DARK.text
    for face in config["theme"]["fontFaces"]:
        assert (ROOT / face["url"].removeprefix("app/")).is_file()


def test_streamlit_knows_every_option_of_the_theme() -> None:
    environment = {**os.environ, "STREAMLIT_SERVER_PORT": "0"}
    command = [sys.executable, "-m", "streamlit", "config", "show"]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    output = shown.stdout + shown.stderr
    assert "not a valid config option" not in output
    assert f'primaryColor = "{LIGHT.brand}"' in output
