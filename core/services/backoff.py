"""How long to wait before another try, for executions and deliveries alike."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

EXECUTION_ATTEMPTS: Final = 3
DELIVERY_ATTEMPTS: Final = 8
DELIVERY_GIVES_UP: Final = timedelta(hours=24)


def pause(attempt: int) -> timedelta:
    """`min(60 * 2^n, 3600) * uniform(0.5, 1)` seconds after attempt number n + 1 (1-based).

    The random half keeps a hundred mails that failed together from coming back together.
    """
    seconds = min(60 * 2 ** max(attempt - 1, 0), 3600)
    return timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311 - spreads load, guards nothing
