"""The content of whole files, compared with what somebody looked at and found right."""

from __future__ import annotations

import pytest

from tests.formats.golden_documents import CASES as DOCUMENTS
from tests.formats.golden_files import CASES, FOLDER


@pytest.mark.parametrize("name", CASES)
def test_a_file_has_the_content_that_was_found_right(name: str) -> None:
    """After a change that is wanted: `python -m tests.formats.golden_files`, then read the diff."""
    assert CASES[name]().splitlines() == (FOLDER / name).read_text(encoding="utf-8").splitlines()


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*CASES, *DOCUMENTS}
