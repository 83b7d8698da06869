"""What a person says about a mail."""

from __future__ import annotations

from typing import Literal

from core.schemas.base import Input

Outcome = Literal["sent", "resend", "drop"]


class SettleRequest(Input):
    outcome: Outcome
