"""How a consumer of the queue must be started. script/worker sets these flags; one started by hand is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

# Threads beyond the slots keep the clock and the mail going while every slot is busy.
SPARE_THREADS: Final = 4


@dataclass(frozen=True, slots=True)
class _Flag:
    """`fits` takes the given value and the number of slots; `wanted` is what to write, and why."""

    option: str
    fits: Callable[[Any, int], bool]
    wanted: str


_FLAGS: Final = (
    _Flag("worker_type", lambda value, _: value == "thread", "-k thread"),
    _Flag("workers", lambda value, slots: value > slots, "-w {threads} (the clock and the mail would wait for runs)"),
    _Flag("graceful_signal", lambda value, _: value == "TERM", "-g TERM (a deploy would lose the running reports)"),
    _Flag("shutdown_timeout", lambda value, _: value is not None and value >= 60, "-t 60 (seconds to finish on stop)"),
    _Flag("initial_delay", lambda value, _: value <= 0.05, "-d 0.05 (seconds between looks at the queue)"),
    _Flag("max_delay", lambda value, _: value <= 0.2, "-m 0.2 (an idle queue would be asked every ten seconds)"),
    _Flag("backoff", lambda value, _: value == 1, "-b 1 (an idle queue would be asked ever less often)"),
)


def weak(given: Mapping[str, Any], *, slots: int) -> list[str]:
    """What to write instead, for each option (by Huey's names) that does not fit; `slots` are runs at once."""
    return [
        flag.wanted.format(threads=slots + SPARE_THREADS) for flag in _FLAGS if not flag.fits(given[flag.option], slots)
    ]
