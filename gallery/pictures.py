"""Drawing the papers of a scene: mail and HTML file in a browser, PDF and workbook page by page."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gallery.papers import Papers
from gallery.tools import Tools

SCHEMES: Final = ("light", "dark")
MAIL_WIDTHS: Final = (680, 390)
PAGE_SIZES: Final = ((1200, 900), (390, 844))
MOST_PAGES: Final = 3
_DOTS_PER_INCH: Final = 80
_TALLEST: Final = 6000


@dataclass(frozen=True, slots=True)
class Picture:
    """`group` is what it shows (mail, html, pdf, excel); `note` says what was measured on the way."""

    path: Path
    group: str
    caption: str
    note: str = ""


class Painter:
    """Draws with the tools there are; `browser` is an open playwright browser or None."""

    def __init__(self, tools: Tools, browser: Any, schemes: tuple[str, ...]) -> None:
        self._tools = tools
        self._browser = browser
        self._schemes = schemes

    def draw(self, papers: Papers) -> list[Picture]:
        made: list[Picture] = []
        if self._browser is not None:
            made += self._mail(papers)
            if "html" in papers.files:
                made += self._page(papers)
        if self._tools.pdftoppm and "pdf" in papers.files:
            made += self._sheets(papers.files["pdf"], papers.folder, "pdf")
        if self._tools.pdftoppm and self._tools.office and "excel" in papers.files:
            made += self._workbook(papers)
        return made

    def _mail(self, papers: Papers) -> list[Picture]:
        return [
            self._shot(papers.mail, papers.folder, "mail", (width, 800), scheme, whole=True)
            for width in MAIL_WIDTHS
            for scheme in self._schemes
        ]

    def _page(self, papers: Papers) -> list[Picture]:
        return [
            self._shot(papers.files["html"], papers.folder, "html", size, scheme, whole=False)
            for size in PAGE_SIZES
            for scheme in self._schemes
        ]

    def _shot(
        self, page: Path, folder: Path, group: str, size: tuple[int, int], scheme: str, *, whole: bool
    ) -> Picture:
        target = folder / f"{group}-{size[0]}-{scheme}.png"
        viewport = {"width": size[0], "height": size[1]}
        tab = self._browser.new_page(viewport=viewport, color_scheme=scheme)
        try:
            tab.goto(page.resolve().as_uri())
            wide = tab.evaluate("document.documentElement.scrollWidth")
            tall = tab.evaluate("document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": size[0], "height": min(tall if whole else size[1] * 2, _TALLEST)}
            tab.screenshot(path=target, full_page=True, clip=clip)
        finally:
            tab.close()
        note = f"wider than the screen: {wide} px" if wide > size[0] else ""
        return Picture(target, group, f"{group}, {size[0]} px, {scheme}", note)

    def _sheets(self, file: Path, folder: Path, group: str) -> list[Picture]:
        stem = folder / group
        command = [str(self._tools.pdftoppm), "-r", str(_DOTS_PER_INCH), "-png", "-l", str(MOST_PAGES), file, stem]
        subprocess.run(command, check=True)
        pages = sorted(folder.glob(f"{group}-*.png"))
        return [Picture(page, group, f"{group}, page {number}") for number, page in enumerate(pages, start=1)]

    def _workbook(self, papers: Papers) -> list[Picture]:
        with tempfile.TemporaryDirectory() as name:
            profile = f"-env:UserInstallation={(Path(name) / 'profile').as_uri()}"
            command = [str(self._tools.office), profile, "--headless", "--convert-to", "pdf", "--outdir", name]
            subprocess.run([*command, papers.files["excel"]], check=True, capture_output=True, timeout=180)
            return self._sheets(next(Path(name).glob("*.pdf")), papers.folder, "excel")


@contextlib.contextmanager
def open_browser(tools: Tools) -> Iterator[Any]:
    """A Chromium, or None when there is none."""
    if tools.browser is None:
        yield None
        return
    from playwright.sync_api import sync_playwright

    # Its sandbox needs a user other than root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tools.browser, args=arguments)
        yield browser
        browser.close()
