"""The one place for colours, sizes and type: mail, PDF, HTML, charts and the pages read them here."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace
from functools import lru_cache

from core.errors import InvalidInput

# WCAG 2.2 AA: for text of normal size, and for what is seen rather than read, such as a button or a bar.
READABLE = 4.5
VISIBLE = 3.0
DISTINCT = 1.2


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#RRGGBB`. `brand` fills buttons and bars, `brand_ink` is the text on it, `link` the brand as text;
    `*_soft` are backgrounds of chips in that colour.
    """

    name: str
    page: str
    card: str
    sunken: str
    border: str
    line: str
    text: str
    sub: str
    muted: str
    brand: str
    brand_ink: str
    link: str
    good: str
    good_soft: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    series: tuple[str, ...]
    previous: str

    @property
    def is_dark(self) -> bool:
        return self.name == "dark"


LIGHT = Palette(
    name="light",
    page="#F3F4F6",
    card="#FFFFFF",
    sunken="#F8F9FB",
    border="#E4E7EC",
    line="#EEF0F3",
    text="#14171C",
    sub="#525B6A",
    muted="#646C7A",
    brand="#3B5BDB",
    brand_ink="#FFFFFF",
    link="#3B5BDB",
    good="#0B7A4B",
    good_soft="#E6F5EE",
    warn="#8A5A00",
    warn_soft="#FFF4DB",
    bad="#B42323",
    bad_soft="#FCEBEA",
    series=("#3B5BDB", "#0F9D8A", "#E08A1E", "#B84AC2", "#D0373F", "#5B7083"),
    previous="#DFE4EC",
)

DARK = Palette(
    name="dark",
    page="#0E1014",
    card="#17191F",
    sunken="#1D2027",
    border="#2B303A",
    line="#242831",
    text="#F1F3F6",
    sub="#B3BAC6",
    muted="#8E97A6",
    brand="#9DB0FF",
    brand_ink="#10131C",
    link="#9DB0FF",
    good="#5ADBA0",
    good_soft="#13302A",
    warn="#F2C063",
    warn_soft="#352A14",
    bad="#FF9A93",
    bad_soft="#3A1F21",
    series=("#8CA2FF", "#3CC7B2", "#F0A94B", "#D58AE0", "#FF7F86", "#93A5B8"),
    previous="#3A424F",
)


# The pages write in white on their main button in both schemes, so the dark one cannot take the pale brand of DARK.
DARK_BUTTON = "#4A63E6"


@dataclass(frozen=True, slots=True)
class TypeSize:
    """Size and line height in CSS px, `pdf` in points, `spacing` between letters in px."""

    size: int
    line: int
    weight: int
    pdf: float
    spacing: float = 0


TYPE: dict[str, TypeSize] = {
    "title": TypeSize(22, 28, 700, 21, spacing=-0.3),
    "section": TypeSize(15, 20, 600, 12.5),
    "body": TypeSize(15, 23, 400, 10.5),
    "table": TypeSize(13, 18, 400, 8.6),
    "caption": TypeSize(12, 16, 400, 9),
    "label": TypeSize(12, 16, 400, 9),
    "kpi": TypeSize(24, 30, 700, 19, spacing=-0.5),
}

# CSS px; names follow the steps, so a gap is asked for by its place in the scale.
SPACE: tuple[int, ...] = (4, 8, 12, 16, 24, 32, 40)
RADIUS: dict[str, int] = {"card": 12, "tile": 10, "button": 8, "chip": 8}
CARD_WIDTH = 640
CARD_GUTTER = 24
CARD_GUTTER_PHONE = 16
KPI_GAP = 10
ROW_HEIGHT = 36

FONT_STACK = 'Inter, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif'
MONO_STACK = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace'
EXCEL_FONT = "Calibri"


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours by WCAG 2: 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=64)
def with_brand(palette: Palette, brand: str | None) -> Palette:
    """The palette with a workspace's own colour; None leaves it as it is.

    The colour is moved only as far as it must be: told from the card as a fill, whose ink is read, seen as a bar and
    read as a link on light; read in all of them on dark.
    """
    if brand is None or brand.upper() == LIGHT.brand:
        return palette
    link = _moved(brand, palette.card, least=READABLE, lighten=palette.is_dark)
    if palette.is_dark:
        return replace(palette, brand=link, brand_ink=ink_on(link), link=link, series=(link, *palette.series[1:]))
    # A bright yellow stays one behind dark letters; a bar of it has no letters, and is darkened.
    fill = _moved(brand, palette.card, least=DISTINCT, lighten=False)
    bar = _moved(brand, palette.card, least=VISIBLE, lighten=False)
    return replace(palette, brand=fill, brand_ink=ink_on(fill), link=link, series=(bar, *palette.series[1:]))


def ink_on(colour: str) -> str:
    """The text that is readable on a fill: ours where they are, else black, which is where white is not."""
    inks = (LIGHT.brand_ink, DARK.brand_ink)
    ink = max(inks, key=lambda candidate: contrast(candidate, colour))
    return ink if contrast(ink, colour) >= READABLE else "#000000"


def blend(colour: str, background: str, share: float) -> str:
    """The opaque colour that `share` (0 to 1) of a colour gives on a background: mail has no transparency."""
    pairs = zip(rgb(colour), rgb(background), strict=True)
    red, green, blue = ((front * share + back * (1 - share)) / 255 for front, back in pairs)
    return _hex(red, green, blue)


def rgb(colour: str) -> tuple[int, int, int]:
    """The three bytes of `#RRGGBB` or `#RGB`; raises InvalidInput that shows the form."""
    digits = colour.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError as error:
        raise InvalidInput(f"'{colour}' is not a colour. Write it as #3B5BDB.", field="brand") from error
    return red, green, blue


def _luminance(colour: str) -> float:
    channels = (byte / 255 for byte in rgb(colour))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _moved(colour: str, background: str, *, least: float, lighten: bool) -> str:
    """Lighter (or darker) in steps of one per cent until the contrast with the background is there."""
    red, green, blue = (byte / 255 for byte in rgb(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    candidate = _hex(red, green, blue)
    while contrast(candidate, background) < least and 0 <= lightness <= 1:
        lightness += 0.01 if lighten else -0.01
        candidate = _hex(*colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation))
    return candidate


def _hex(red: float, green: float, blue: float) -> str:
    return "#" + "".join(f"{round(channel * 255):02X}" for channel in (red, green, blue))
