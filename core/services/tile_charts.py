"""How a tile shows its query: the query's own presentation, with the tile's kind of chart and axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def tile_presentation(presentation: Mapping[str, Any], *, chart: str, x: str | None, y: str | None) -> dict[str, Any]:
    """`chart` is the tile's, or `auto` for what the data suggest; axes that the tile does not name are the query's."""
    axes = {name: value for name, value in (("x", x), ("y", y)) if value}
    asked = dict(presentation.get("chart") or {})
    if any(asked.get(name) != value for name, value in axes.items()):
        # Its title speaks of the axes of the query's own chart.
        asked.pop("title", None)
    if y and asked.get("y") != y:
        asked.pop("aggregate", None)
    return {**presentation, "chart": {**asked, **axes, "kind": None if chart == "auto" else chart}}
