"""What an error of a run means: a class for the history, words for people, and whether trying again makes sense."""

from __future__ import annotations

import errno

from core.database import DatabaseUnavailable
from core.errors import DeliveryError, RenderError, RoosterError, SecretUnreadable, SourceError, TemplateError


def classify(error: BaseException) -> tuple[str, str, bool]:
    """(error class, words for people, may pass by itself)."""
    if isinstance(error, (SourceError, RenderError)):
        return error.error_class, error.message, error.transient
    if isinstance(error, DeliveryError):
        return error.error_class, error.message, not error.permanent
    if isinstance(error, TemplateError):
        return "template", error.message, False
    if isinstance(error, SecretUnreadable):
        return "missing_account", error.message, False
    if isinstance(error, RoosterError):
        return "invalid", error.message, False
    if isinstance(error, MemoryError):
        return "memory", "The run needed more memory than there is. Ask for fewer rows or columns.", False
    if isinstance(error, (DatabaseUnavailable, ConnectionError, TimeoutError)):
        return "connection", "Rooster's own database or network was away. The run is tried again by itself.", True
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "disk_full", "The disk is full. Free some space; the run is tried again by itself.", True
    return (
        "internal",
        f"Something unexpected went wrong ({type(error).__name__}). The log of the worker has the details.",
        False,
    )
