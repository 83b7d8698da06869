"""The parameters that a statement names, for the form that describes them."""

from __future__ import annotations

from core.sources import placeholders


def find_parameters(sql: str) -> list[str]:
    """Each `:name` once, in the order of its first appearance."""
    return placeholders.find(sql)
