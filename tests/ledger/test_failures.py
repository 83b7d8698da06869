"""Which failures of a run are tried again: those that pass by themselves, and no others."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from core.database import make_engine
from core.errors import DeliveryError, InvalidInput, SourceError, TemplateError
from core.services.failures import classify


def away(tmp_path: Path) -> object:
    return make_engine(f"sqlite:///{tmp_path / 'nowhere' / 'rooster.db'}").connect()


def refused(_: Path) -> object:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = probe.getsockname()
    return socket.create_connection(address)


@pytest.mark.parametrize("happens", [away, refused])
def test_what_was_away_is_tried_again(tmp_path: Path, happens: Callable[[Path], object]) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the driver's own
        happens(tmp_path)
    error_class, words, is_transient = classify(caught.value)
    assert (error_class, is_transient) == ("connection", True)
    assert "tried again by itself" in words


@pytest.mark.parametrize(
    ("error", "error_class", "is_transient"),
    [
        (SourceError("no", error_class="query"), "query", False),
        (SourceError("away", error_class="connection", transient=True), "connection", True),
        (DeliveryError("busy", permanent=False), "mail", True),
        (DeliveryError("never", permanent=True, error_class="login"), "login", False),
        (TemplateError("no variable"), "template", False),
        (InvalidInput("wrong"), "invalid", False),
        (MemoryError(), "memory", False),
        (OSError(errno.ENOSPC, "full"), "disk_full", True),
        (OSError(errno.EACCES, "no"), "internal", False),
        (KeyError("x"), "internal", False),
    ],
    ids=repr,
)
def test_everything_else_by_its_cause(error: Exception, error_class: str, is_transient: bool) -> None:
    found_class, words, found_transient = classify(error)
    assert (found_class, found_transient) == (error_class, is_transient)
    assert words
