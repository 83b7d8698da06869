"""Tags: short words that people put on their reports, to find them again and to sort their mails by."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

MOST_TAGS: Final = 10
LONGEST_TAG: Final = 30
# Letters and digits of any language, with a blank or a sign between them.
_TAG: Final = re.compile(r"\w+(?:[ ._&+/-]+\w+)*")


def normal_tag(value: str) -> str:
    """In small letters, without blanks around it: `Finance` and `finance` are one."""
    tag = " ".join(value.split()).lower()
    if len(tag) > LONGEST_TAG:
        raise ValueError(f"a tag has at most {LONGEST_TAG} letters")
    if not _TAG.fullmatch(tag):
        raise ValueError(
            f"'{value}' is no tag: use letters and digits, with a blank or one of . _ - & + / between them"
        )
    return tag


def _each_once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Tag = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(normal_tag)]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(_each_once)]
