"""Home: did everything that was due arrive, what failed and why, what ran and runs now, what comes next."""

from __future__ import annotations

from core.database import read_scope
from core.schemas.overview import Overview
from core.services.overview import get_overview
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head
from pages.components.live import live
from pages.components.overview_view import is_moving, overview

user = require_user()
page_head(f"Hello, {user.name}", "What arrived, what did not, and what comes next.")


def find() -> Overview:
    with read_scope() as session:
        return get_overview(session, actor=user)


with refusals_shown():
    live(find, lambda found: overview(user, found), is_moving)
