"""Where the files of a run are: `{storage}/reports/{report}/{execution}/{fence}-{format}[-n].{ext}`."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path
from typing import Final

from core.errors import NotFound, RenderError
from core.settings import get_settings

# A run is not started below this much free space: a half-written report helps nobody.
MIN_FREE_BYTES: Final = 200 * 1024 * 1024


def report_folder(report_id: uuid.UUID) -> Path:
    return get_settings().storage_path / "reports" / str(report_id)


def execution_folder(report_id: uuid.UUID, execution_id: uuid.UUID) -> Path:
    return report_folder(report_id) / str(execution_id)


def relative(path: Path) -> str:
    """What is stored of a path: relative to the storage folder, so that the folder can move."""
    return path.resolve().relative_to(get_settings().storage_path).as_posix()


def resolve(stored: str) -> Path:
    """The path of a stored name; raises NotFound for anything outside the storage folder."""
    root = get_settings().storage_path
    path = (root / stored).resolve()
    if not path.is_relative_to(root):
        raise NotFound("This file does not exist.")
    return path


def mail_list(folder: Path, fence: int) -> Path:
    """Names the files that go along with the mails of a run, so that a retry sends the same ones."""
    return folder / f"{fence}-mail.json"


def mail_zip(folder: Path, fence: int, part: int) -> Path:
    """A CSV file that goes along zipped."""
    return folder / f"{fence}-mail-{part}.zip"


def mail_zips(folder: Path, fence: int) -> list[Path]:
    return sorted(folder.glob(f"{fence}-mail-*.zip"))


def written_letters(folder: Path, fence: int) -> list[Path]:
    """The mails of a run; small files are inside."""
    return sorted(folder.glob(f"{fence}-mail-*.eml"))


def require_space(folder: Path) -> None:
    """Raises a transient RenderError when the disk is nearly full."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < MIN_FREE_BYTES:
        raise RenderError(
            "The disk for reports is nearly full. Free some space; the run is tried again by itself.",
            error_class="disk_full",
            transient=True,
        )


def remove_tree(folder: Path) -> None:
    """Delete a folder below the storage folder, never anything else, never through a link."""
    root = get_settings().storage_path
    if folder.is_symlink() or not folder.resolve().is_relative_to(root) or folder.resolve() == root:
        return
    shutil.rmtree(folder, ignore_errors=True)
