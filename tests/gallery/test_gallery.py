"""script/gallery, as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gallery.scenes import SCENES
from gallery.tools import Tools, find_tools
from tests.pictures import colours_in, size_of

ROOT = Path(__file__).resolve().parent.parent.parent


def run_gallery(*arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if path is not None:
        # Where tests run, a browser may be named outright.
        environment = {**environment, "PATH": path, "ROOSTER_TEST_BROWSER": ""}
    command = [sys.executable, "-m", "gallery", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two scenes that need no flights."""
    made = tmp_path_factory.mktemp("gallery")
    done = run_gallery(str(made), "--only", "scripts", "failed")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def tools() -> Tools:
    return find_tools()


def promised(tools: Tools) -> list[str]:
    """The pictures of a scene with all formats, and of a notice."""
    widths = [f"{name}-{scheme}.png" for name in ("mail-680", "mail-390") for scheme in ("light", "dark")]
    pages = [f"{name}-{scheme}.png" for name in ("html-1200", "html-390") for scheme in ("light", "dark")]
    drawn = [f"failed/{name}" for name in widths] + [f"scripts/{name}" for name in (*widths, *pages)]
    papers = ["scripts/pdf-1.png"] if tools.pdftoppm else []
    return drawn + papers + (["scripts/excel-1.png"] if tools.pdftoppm and tools.office else [])


@pytest.mark.slow
@pytest.mark.browser
def test_every_promised_picture_exists_and_shows_something(folder: Path, tools: Tools) -> None:
    for name in promised(tools):
        assert (folder / name).is_file(), name
        assert colours_in(folder / name) > 20, f"{name} is blank"


@pytest.mark.slow
@pytest.mark.browser
def test_phone_pictures_are_as_wide_as_a_phone(folder: Path) -> None:
    """A mail that scrolls sideways would be wider."""
    assert size_of(folder / "scripts/mail-390-light.png")[0] == 390
    assert "wider than the screen" not in (folder / "index.html").read_text()


@pytest.mark.slow
@pytest.mark.browser
def test_the_index_shows_each_picture_and_links_each_file(folder: Path) -> None:
    index = (folder / "index.html").read_text()
    for path in [*folder.rglob("*.png"), *folder.rglob("*.pdf"), *folder.rglob("*.xlsx"), *folder.rglob("mail.*")]:
        if path.suffix != ".eml":
            assert f'"{path.relative_to(folder).as_posix()}"' in index


@pytest.mark.slow
@pytest.mark.browser
def test_the_notice_of_a_failed_run_goes_to_the_owner_with_the_cause(folder: Path) -> None:
    text = (folder / "failed/mail.txt").read_text()
    assert "did not arrive" in text
    assert "no such table" in text


@pytest.mark.slow
def test_without_the_programs_that_draw_it_names_them_and_writes_the_papers(tmp_path: Path) -> None:
    done = run_gallery(str(tmp_path / "out"), "--only", "empty", path=str(tmp_path))
    assert done.returncode == 0, done.stderr
    for tool in ("Chromium", "pdftoppm", "LibreOffice"):
        assert f"No {tool}" in done.stdout
    assert not list((tmp_path / "out").rglob("*.png"))
    assert {path.suffix for path in (tmp_path / "out/empty").iterdir()} >= {
        ".html",
        ".txt",
        ".eml",
        ".pdf",
        ".xlsx",
        ".csv",
    }


def test_an_unknown_scene_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    done = run_gallery(str(tmp_path), "--only", "nromal")
    assert done.returncode == 1
    assert "nromal" in done.stderr
    assert all(name in done.stderr for name in SCENES)
