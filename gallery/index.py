"""One page with everything on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

from gallery.papers import Papers
from gallery.pictures import Picture

_STYLE: Final = """
:root{color-scheme:light dark;--line:#d5d9e0}
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1800px;padding:24px}
h2{margin:40px 0 4px}p{margin:4px 0}nav a{margin-right:14px}.note{color:#b42323}
.row{display:flex;gap:16px;overflow-x:auto;padding:12px 0;align-items:flex-start}
figure{margin:0;flex:none}img{max-height:900px;max-width:880px;border:1px solid var(--line);border-radius:6px}
figcaption{font-size:12px;opacity:.75}
"""


@dataclass(frozen=True, slots=True)
class Played:
    """A scene with its papers and pictures."""

    name: str
    title: str
    papers: Papers
    pictures: Sequence[Picture]


def write_index(folder: Path, played: Sequence[Played], *, missing: Sequence[str]) -> Path:
    path = folder / "index.html"
    links = "".join(f'<a href="#{escape(one.name)}">{escape(one.name)}</a>' for one in played)
    notes = "".join(f'<p class="note">{escape(text)}</p>' for text in missing)
    body = "".join(_scene(one, folder) for one in played)
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title><style>{_STYLE}</style>'
        f"<h1>Gallery</h1><nav>{links}</nav>{notes}{body}</html>",
        encoding="utf-8",
    )
    return path


def _scene(one: Played, folder: Path) -> str:
    papers = one.papers
    files = [papers.mail, papers.text, *papers.files.values()]
    links = " ".join(f'<a href="{escape(_link(file, folder))}">{escape(file.name)}</a>' for file in files)
    facts = "".join(f"<p>{escape(fact)}</p>" for fact in papers.facts)
    groups = dict.fromkeys(picture.group for picture in one.pictures)
    rows = "".join(_row([p for p in one.pictures if p.group == group], folder) for group in groups)
    head = f'<h2 id="{escape(one.name)}">{escape(one.title)}</h2><p>{escape(papers.subject)}</p>'
    return f"<section>{head}{facts}<p>{links}</p>{rows}</section>"


def _row(pictures: Sequence[Picture], folder: Path) -> str:
    figures = "".join(
        f'<figure><img loading="lazy" src="{escape(_link(picture.path, folder))}" alt="{escape(picture.caption)}">'
        f'<figcaption>{escape(picture.caption)} <span class="note">{escape(picture.note)}</span></figcaption></figure>'
        for picture in pictures
    )
    return f'<div class="row">{figures}</div>'


def _link(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
