"""The pages' theme, from the same tokens as every document.

`python -m core.document.theme` writes `.streamlit/config.toml`; a test compares the two.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.document.tokens import DARK, DARK_BUTTON, LIGHT, RADIUS, TYPE, Palette

CONFIG_FILE = Path(__file__).parents[2] / ".streamlit" / "config.toml"

_HEADING = """\
# Written by `python -m core.document.theme` from core/document/tokens.py: change it there.
# The launcher gives address and port; without it the server is for this machine alone.
"""
_LATIN = (
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,"
    "U+2212,U+2215,U+FEFF,U+FFFD"
)
_LATIN_EXTENDED = "U+0100-02BA,U+1E00-1E9F,U+20A0-20AB,U+20AD-20C0"


def streamlit_theme() -> str:
    """The whole text of `.streamlit/config.toml`."""
    tables = {
        "server": _server(),
        # Filled by our own middleware, which strips what a browser sends under these names.
        "server.trustedUserHeaders": {
            "x-app-user-email": "email",
            "x-app-user-name": "name",
            "x-app-user-role": "role",
            "x-app-session": "sid",
        },
        "browser": {"gatherUsageStats": False},
        "client": {"toolbarMode": "minimal", "showErrorDetails": "none", "showErrorLinks": False},
        "runner": {"magicEnabled": False},
        "theme": _type_and_shape(),
        "[theme.fontFaces]": _font_face("inter-latin-wght-normal.woff2", _LATIN),
        "[theme.fontFaces] ": _font_face("inter-latin-ext-wght-normal.woff2", _LATIN_EXTENDED),
        "theme.light": _colours(LIGHT, primary=LIGHT.brand, background=LIGHT.card, second=LIGHT.page),
        "theme.light.sidebar": _sidebar(LIGHT, background=LIGHT.sunken),
        "theme.dark": _colours(DARK, primary=DARK_BUTTON, background=DARK.page, second=DARK.sunken),
        "theme.dark.sidebar": _sidebar(DARK, background=DARK.card),
    }
    return _HEADING + "".join(_table(name.strip(), values) for name, values in tables.items())


def write_config(path: Path = CONFIG_FILE) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(streamlit_theme(), encoding="utf-8")
    return path


def _server() -> dict[str, Any]:
    return {
        "address": "127.0.0.1",
        "headless": True,
        "fileWatcherType": "none",
        "runOnSave": False,
        "enableStaticServing": True,
        "maxUploadSize": 20,
        "disconnectedSessionTTL": 60,
    }


def _type_and_shape() -> dict[str, Any]:
    radius = f"{RADIUS['button']}px"
    return {
        "font": "Inter, sans-serif",
        "headingFont": "Inter, sans-serif",
        "baseFontSize": TYPE["body"].size,
        "baseRadius": radius,
        "buttonRadius": radius,
        "headingFontSizes": ["1.75rem", "1.25rem", "1.05rem", "1rem", "0.95rem", "0.9rem"],
        "headingFontWeights": [650, 600, 600, 600, 600, 600],
        "metricValueFontSize": "1.65rem",
        "metricValueFontWeight": 650,
        "linkUnderline": False,
        "showWidgetBorder": True,
        "paddingTop": "1.25rem",
    }


def _font_face(file: str, unicode_range: str) -> dict[str, Any]:
    return {"family": "Inter", "url": f"app/static/{file}", "weight": "100 900", "unicodeRange": unicode_range}


def _colours(palette: Palette, *, primary: str, background: str, second: str) -> dict[str, Any]:
    return {
        "primaryColor": primary,
        "backgroundColor": background,
        "secondaryBackgroundColor": second,
        "textColor": palette.text,
        "borderColor": palette.border,
        "linkColor": palette.link,
        "dataframeHeaderBackgroundColor": palette.sunken,
        "dataframeHeaderTextColor": palette.sub,
        "greenColor": palette.good,
        "greenTextColor": palette.good,
        "greenBackgroundColor": palette.good_soft,
        "redColor": palette.bad,
        "redTextColor": palette.bad,
        "redBackgroundColor": palette.bad_soft,
        "orangeColor": palette.warn,
        "orangeTextColor": palette.warn,
        "orangeBackgroundColor": palette.warn_soft,
        "grayTextColor": palette.sub,
        "chartCategoricalColors": list(palette.series),
    }


def _sidebar(palette: Palette, *, background: str) -> dict[str, Any]:
    return {
        "backgroundColor": background,
        "secondaryBackgroundColor": palette.line,
        "borderColor": palette.border,
    }


def _table(name: str, values: dict[str, Any]) -> str:
    """JSON spells strings, numbers, booleans and flat lists as TOML does."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(["", f"[{name}]", *lines, ""])


if __name__ == "__main__":
    write_config()
