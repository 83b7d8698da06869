"""What a subject or a body may name, for the picker beside them."""

from __future__ import annotations

from core.mail.template_variables import VARIABLES, Variable

__all__ = ["Variable", "list_variables"]


def list_variables() -> tuple[Variable, ...]:
    return VARIABLES
