"""Previews a page has just made: each person's own, few, and not for long."""

from __future__ import annotations

from uuid import uuid4

import pytest
import time_machine

from core.errors import LimitReached, NotFound
from web import preview_store


def token_of(url: str) -> str:
    return url.removeprefix("/preview/mail/")


def test_it_gives_back_what_was_put() -> None:
    user_id = uuid4()
    url = preview_store.put(user_id, "<p>Hello</p>")
    assert url.startswith("/preview/mail/")
    assert preview_store.get(user_id, token_of(url)) == "<p>Hello</p>"


def test_it_gives_it_to_nobody_else() -> None:
    url = preview_store.put(uuid4(), "<p>Hello</p>")
    with pytest.raises(NotFound):
        preview_store.get(uuid4(), token_of(url))


def test_it_keeps_the_newest_of_each_person() -> None:
    user_id, other = uuid4(), uuid4()
    kept = preview_store.put(other, "kept")
    urls = [preview_store.put(user_id, str(number)) for number in range(preview_store.PER_PERSON + 1)]
    with pytest.raises(NotFound):
        preview_store.get(user_id, token_of(urls[0]))
    assert preview_store.get(user_id, token_of(urls[1])) == "1"
    assert preview_store.get(other, token_of(kept)) == "kept"


def test_it_forgets_after_a_while() -> None:
    user_id = uuid4()
    with time_machine.travel(0, tick=False) as clock:
        url = preview_store.put(user_id, "<p>Hello</p>")
        clock.shift(preview_store.TTL)
        with pytest.raises(NotFound):
            preview_store.get(user_id, token_of(url))


def test_it_refuses_what_is_too_large() -> None:
    with pytest.raises(LimitReached, match="at most"):
        preview_store.put(uuid4(), "x" * (preview_store.MAX_BYTES + 1))
