"""How the workspace looks, and what the settings say, while a scene is played."""

from __future__ import annotations

import base64
import contextlib
import io
import os
from collections.abc import Iterator
from typing import Any, Final

from PIL import Image, ImageDraw

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.workspace import WorkspaceUpdate
from core.services import workspace
from core.settings import get_settings
from gallery.scenes import Scene

_SIDE: Final = 256


@contextlib.contextmanager
def dressed(actor: Actor, scene: Scene) -> Iterator[None]:
    """The scene's settings and workspace; afterwards all is as before."""
    with read_scope() as session:
        before = workspace.get_workspace(session, actor=actor)
    looks = {**scene.workspace, **({"logo": _logo(scene.workspace["brand_color"])} if scene.logo else {})}
    os.environ |= scene.settings
    get_settings.cache_clear()
    _change(actor, looks)
    try:
        yield
    finally:
        for name in scene.settings:
            del os.environ[name]
        get_settings.cache_clear()
        _change(actor, {name: getattr(before, name) for name in looks})


def _change(actor: Actor, fields: dict[str, Any]) -> None:
    if not fields:
        return
    with session_scope() as session:
        workspace.update_workspace(session, actor=actor, data=WorkspaceUpdate.model_validate(fields))


def _logo(colour: str) -> str:
    """A ring with a point, as PNG in base64."""
    picture = Image.new("RGBA", (_SIDE, _SIDE))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((16, 16, 240, 240), outline=colour, width=36)
    draw.ellipse((96, 96, 160, 160), fill=colour)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return base64.b64encode(content.getvalue()).decode()
