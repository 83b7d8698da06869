#!/usr/bin/env python
"""Make the static fonts of PDF and charts from the variable Source Sans that Streamlit ships, and from three of Noto.

Run it again only to add a weight or a script: `python script/make_fonts.py`; the results are committed. The licence
(OFL) reserves the name "Source", so the family gets a name of ours; and reportlab tells embedded fonts apart
by their PostScript name, so each weight has its own. Noto reserves no name. Its fonts come from the packages
fontpkg-noto-sans-devanagari, fontpkg-noto-sans-thai and manimgx-fonts (Noto Emoji), which are needed here and nowhere
else.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FAMILY = "Rooster Sans"
WEIGHTS = {"Regular": 400, "SemiBold": 600, "Bold": 700}
TARGET = Path(__file__).parent.parent / "core" / "document" / "fonts"
NOTO = {"devanagari": "NotoSansDevanagari", "thai": "NotoSansThai"}
# Copyright, licence text and licence address stay as they are.
KEPT_NAMES = {0, 13, 14}
# Letters, digits and signs are drawn by the faces before it; skin tones say nothing in one colour.
EMOJI_FROM = 0x2190
SKIN_TONES = range(0x1F3FB, 0x1F400)


def main() -> int:
    source = find_source()
    TARGET.mkdir(parents=True, exist_ok=True)
    for style, weight in WEIGHTS.items():
        path = TARGET / f"RoosterSans-{style}.ttf"
        make_static(source, style=style, weight=weight).save(path)
        print(f"{path.name}: {path.stat().st_size // 1000} KB")
    for script, name in NOTO.items():
        path = TARGET / f"{name}-Regular.ttf"
        make_noto(script, name).save(path)
        print(f"{path.name}: {path.stat().st_size // 1000} KB")
    path = TARGET / "NotoEmoji-Regular.ttf"
    make_emoji().save(path)
    print(f"{path.name}: {path.stat().st_size // 1000} KB")
    return 0


def make_emoji() -> TTFont:
    """One picture per character, in one colour: without the sequences that join several into one."""
    package = find_spec("manimgx_fonts")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("Install manimgx-fonts first.")
    source = Path(next(iter(package.submodule_search_locations))) / "NotoEmoji[wght].ttf"
    font = instantiateVariableFont(TTFont(source), {"wght": 400}, inplace=True)
    options = Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=["*"], name_languages=["*"])
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for code in font.getBestCmap() if code >= EMOJI_FROM and code not in SKIN_TONES])
    subsetter.subset(font)
    font.recalcTimestamp = False
    return font


def make_noto(script: str, name: str) -> TTFont:
    package = find_spec(f"fontpkg_noto_sans_{script}")
    if package is None or not package.submodule_search_locations:
        raise SystemExit(f"Install fontpkg-noto-sans-{script} first.")
    source = Path(next(iter(package.submodule_search_locations))) / "files" / f"{name}[wdth,wght].ttf"
    font = instantiateVariableFont(TTFont(source), {"wght": 400, "wdth": 100}, inplace=True)
    font.recalcTimestamp = False
    return font


def find_source() -> Path:
    """Streamlit names the file with a hash of its content, so it is searched for."""
    package = find_spec("streamlit")
    if package is None or not package.submodule_search_locations:
        raise SystemExit("Streamlit is not installed: run script/bootstrap first.")
    media = Path(next(iter(package.submodule_search_locations))) / "static" / "static" / "media"
    found = sorted(media.glob("SourceSansVF-Upright*.woff2"))
    if not found:
        raise SystemExit(f"There is no SourceSansVF-Upright*.woff2 in {media}.")
    return found[0]


def make_static(source: Path, *, style: str, weight: int) -> TTFont:
    font = instantiateVariableFont(TTFont(source), {"wght": weight}, inplace=True)
    font.flavor = None
    # It describes the axis that is gone, in names that are dropped.
    del font["STAT"]
    font["OS/2"].usWeightClass = weight
    # The same bytes on every run: the time of making says nothing.
    font.recalcTimestamp = False
    rename(font, style=style)
    return font


def rename(font: TTFont, *, style: str) -> None:
    names = font["name"]
    for record in list(names.names):
        if record.nameID not in KEPT_NAMES:
            names.removeNames(nameID=record.nameID)
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    is_base = style in ("Regular", "Bold")
    texts = {
        1: FAMILY if is_base else f"{FAMILY} {style}",
        2: style if is_base else "Regular",
        3: postscript,
        4: FAMILY if style == "Regular" else f"{FAMILY} {style}",
        5: "Version 1.000",
        6: postscript,
        16: FAMILY,
        17: style,
    }
    for name_id, text in texts.items():
        names.setName(text, name_id, 3, 1, 0x409)
        names.setName(text, name_id, 1, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
