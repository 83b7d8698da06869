"""PDF and HTML files say what they said when somebody last looked."""

from __future__ import annotations

import pytest

from tests.formats.golden_documents import CASES
from tests.formats.golden_files import FOLDER


@pytest.mark.parametrize("name", CASES)
def test_a_file_says_what_it_said_before(name: str) -> None:
    """After a change that is wanted: python -m tests.formats.golden_documents"""
    assert CASES[name]() == (FOLDER / name).read_text("utf-8")
