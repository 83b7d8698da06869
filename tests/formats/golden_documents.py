"""What PDF and HTML files said when somebody last looked: their texts and data, beside the other golden files.

`python -m tests.formats.golden_documents` writes them anew after a change that is wanted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow as pa
from pypdf import PdfReader

from core.formats import get_format
from tests.formats.edge_tables import report_head, write_report
from tests.formats.golden_files import AIRLINES, DAYS, FOLDER, Part, failed, part

EARLIER: Final = {"sum:departures": 2000, "avg:on_time_rate": "0.712", "avg:avg_delay_min": "18.9"}
SCRIPTS: Final = pa.record_batch(
    {"city": ["Zürich", "Αθήνα", "Київ", "กรุงเทพ", "Party 🎉", "<b>=1+1</b>"], "guests": [6, 5, 4, 3, 2, 1]}
)
_TAG: Final = re.compile(r"<[^>]+>")
_SCRIPT: Final = re.compile(r'<script type="application/json" data-table="(s\d)" data-part="rows">(.*?)</script>', re.S)


def _file(key: str, parts: list[Part], **head: Any) -> bytes:
    with TemporaryDirectory() as folder:
        report = report_head(formats=("excel", "pdf", "html"), **head)
        (file,) = write_report(get_format(key), Path(folder), parts, head=report)
        return file.path.read_bytes()


def _pdf(parts: list[Part], **head: Any) -> str:
    """Page by page, as a reader copies it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.pdf"
        path.write_bytes(_file("pdf", parts, **head))
        pages = [page.extract_text() for page in PdfReader(path).pages]
    return "".join(f"== page {number}\n{text}\n" for number, text in enumerate(pages, start=1))


def _html(parts: list[Part], **head: Any) -> str:
    """Title, headings, figures and notes as texts, and the rows as they go to the script."""
    page = _file("html", parts, **head).decode()
    found = {
        "headings": _texts(page, r"<h[123][^>]*>(.*?)</h[123]>"),
        "columns": _texts(page.split("</head>")[1].split("<noscript>")[0], r'<th scope="col"[^>]*>(.*?)</th>'),
        "figures": _texts(page, r"<dd[^>]*>(.*?)</dd>"),
        "notes": _texts(page, r'<p class="(?:caption|failure|empty|notice)">(.*?)</p>'),
        "rows": {key: json.loads(rows) for key, rows in _SCRIPT.findall(page)},
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _texts(page: str, pattern: str) -> list[str]:
    return [" ".join(unescape(_TAG.sub("", found)).split()) for found in re.findall(pattern, page, re.S)]


def _board() -> list[Part]:
    return [part("Airlines", AIRLINES, previous=EARLIER), part("Delay per day", DAYS), failed("Weather")]


_PARTS: Final[dict[str, Callable[[], list[Part]]]] = {
    "one_query": lambda: [part("Airlines", AIRLINES, previous=EARLIER)],
    "dashboard": _board,
    "no_rows": lambda: [part("Airlines", AIRLINES, rows=False)],
    "scripts": lambda: [part("Guests", SCRIPTS)],
}
CASES: Final[dict[str, Callable[[], str]]] = {
    **{f"pdf_{name}.txt": lambda made=made: _pdf(made()) for name, made in _PARTS.items()},
    **{f"html_{name}.json": lambda made=made: _html(made()) for name, made in _PARTS.items()},
    "pdf_one_query_german.txt": lambda: _pdf(_PARTS["one_query"](), locale="de_DE"),
}


if __name__ == "__main__":
    for name, make in CASES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")
