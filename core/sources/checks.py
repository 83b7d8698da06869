"""A connection test that always answers: what goes wrong becomes its detail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from core.errors import SourceError
from core.sources.base import SourceCheck


@dataclass(frozen=True, slots=True)
class Finding:
    """What a source found out about itself."""

    detail: str
    ok: bool = True
    warnings: tuple[str, ...] = ()


def timed(probe: Callable[[], Finding]) -> SourceCheck:
    started = monotonic()
    try:
        finding = probe()
    except SourceError as error:
        finding = Finding(error.message, ok=False)
    elapsed = round((monotonic() - started) * 1000)
    return SourceCheck(ok=finding.ok, detail=finding.detail, warnings=finding.warnings, elapsed_ms=elapsed)
