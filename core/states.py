"""The words for what can happen to a run and to a mail, in one place."""

from __future__ import annotations

from typing import Final, Literal

ExecutionStatus = Literal[
    "queued", "running", "delivering", "success", "partial", "failed", "uncertain", "cancelled", "skipped"
]
DeliveryStatus = Literal["pending", "sending", "sent", "failed", "uncertain", "cancelled"]
Trigger = Literal["schedule", "manual", "test"]

EXECUTION_STATUSES: Final[tuple[ExecutionStatus, ...]] = (
    "queued",
    "running",
    "delivering",
    "success",
    "partial",
    "failed",
    "uncertain",
    "cancelled",
    "skipped",
)
ACTIVE_STATUSES: Final[tuple[ExecutionStatus, ...]] = ("queued", "running", "delivering")
# At most one execution of a report may be in one of these; a unique index says so too.
OCCUPYING_STATUSES: Final[tuple[ExecutionStatus, ...]] = ("running", "delivering")
FINISHED_STATUSES: Final[tuple[ExecutionStatus, ...]] = (
    "success",
    "partial",
    "failed",
    "uncertain",
    "cancelled",
    "skipped",
)
DELIVERY_STATUSES: Final[tuple[DeliveryStatus, ...]] = (
    "pending",
    "sending",
    "sent",
    "failed",
    "uncertain",
    "cancelled",
)
OPEN_DELIVERY_STATUSES: Final[tuple[DeliveryStatus, ...]] = ("pending", "sending")
TRIGGERS: Final[tuple[Trigger, ...]] = ("schedule", "manual", "test")

# The reader asked for no more mails.
STOPPED: Final = "stopped"
# Why a run or a mail failed. The text beside it is for people; this word is for filters and retries.
ERROR_CLASSES: Final[tuple[str, ...]] = (
    "query",
    "permission",
    "connection",
    "row_limit",
    "driver",
    "time_limit",
    "memory",
    "disk_full",
    "crash_loop",
    "worker_died",
    "missing_source",
    "missing_account",
    "missing_query",
    "invalid",
    "template",
    "render",
    "tile",
    "mail",
    "recipient",
    "message",
    "login",
    "certificate",
    "too_large",
    "too_many_mails",
    "cancelled",
    "misfire",
    "paused",
    STOPPED,
    "internal",
)

LABELS: Final[dict[str, str]] = {
    "queued": "Queued",
    "running": "Running",
    "delivering": "Sending",
    "success": "Success",
    "partial": "Partial",
    "failed": "Failed",
    "uncertain": "Uncertain",
    "cancelled": "Cancelled",
    "skipped": "Skipped",
    "pending": "Waiting",
    "sending": "Sending",
    "sent": "Sent",
    "schedule": "Schedule",
    "manual": "Run now",
    "test": "Test",
}


def outcome_of(deliveries: list[DeliveryStatus], *, failed_tiles: int) -> ExecutionStatus:
    """The status of an execution once no delivery is open any more.

    Cancelled mails do not count as sent; a run whose every mail failed is `failed`.
    """
    if not deliveries:
        return "partial" if failed_tiles else "success"
    if "uncertain" in deliveries:
        return "uncertain"
    if all(status == "failed" for status in deliveries):
        return "failed"
    if all(status == "cancelled" for status in deliveries):
        return "cancelled"
    lost = any(status in ("failed", "cancelled") for status in deliveries)
    return "partial" if lost or failed_tiles else "success"
