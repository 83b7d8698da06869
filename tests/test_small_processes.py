"""What lives as long as the server and does little stays small: nothing heavy comes along with its imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.formats import FORMAT_KEYS, format_extension, get_format
from core.settings import ROOT

# What makes documents and draws mails: the worker leaves that to its children.
DRAWING = {
    "babel",
    "pyarrow",
    "numpy",
    "pandas",
    "PIL",
    "markdown_it",
    "jinja2",
    "matplotlib",
    "reportlab",
    "xlsxwriter",
}
HEAVY = {"pyarrow", "numpy", "pandas", "sqlalchemy", "pydantic", "streamlit", "altair"}


def imported_by(module: str) -> set[str]:
    """The packages outside the standard library that a fresh interpreter has after importing it."""
    code = f"import {module}, sys; print(*{{name.split('.')[0] for name in sys.modules}} - sys.stdlib_module_names)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_keeper_imports_the_standard_library_and_two_words_of_ours() -> None:
    assert imported_by("script.processes") <= {"__main__", "_distutils_hack", "core", "script"}


def test_the_mail_catcher_knows_no_documents() -> None:
    assert not imported_by("core.mail.catcher") & HEAVY


def test_the_worker_claims_watches_and_sends_without_what_makes_a_report() -> None:
    assert not imported_by("tasks") & DRAWING


def test_no_client_of_a_queue_comes_along_that_is_not_the_queue() -> None:
    assert not imported_by("tasks") & {"redis", "psycopg"}


@pytest.mark.parametrize("unused", ["pandas", "altair", "alembic", "redis"])
def test_the_pages_start_without_what_only_tables_migrations_and_redis_need(unused: str) -> None:
    assert unused not in imported_by("web.parts, pages.components.shell, pages.components.charts")


def test_the_words_of_a_mail_know_the_ends_of_files_without_what_writes_them() -> None:
    writers = {"reportlab", "xlsxwriter", "fontTools"}
    code = "core.services.mail_preview; from core.formats.extensions import extension_of; extension_of('pdf', {})"
    assert not imported_by(code + "; import core.formats") & writers


@pytest.mark.parametrize("key", FORMAT_KEYS)
def test_the_registry_and_the_writer_name_the_same_extension(key: str) -> None:
    assert format_extension(key) == get_format(key).extension
