"""One dashboard: live, or its tiles in the making. Without an id it makes a new one."""

from __future__ import annotations

from pages.components import dashboard_save
from pages.components.dashboard_view import live_view
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import back_link, page_head
from pages.components.pages_map import DASHBOARDS, id_in_address
from pages.components.share_panel import share_panel

user = require_user()
back_link(DASHBOARDS, "All dashboards")


def show() -> None:
    dashboard, queries = dashboard_save.load(user, id_in_address())
    if dashboard is None:
        page_head("New dashboard")
        dashboard_save.edit(user, None, queries) if queries else dashboard_save.no_query()
        return
    with page_head(dashboard.name, dashboard.description):
        editing = dashboard_save.mode(dashboard)
    share_panel(user, dashboard)
    if editing:
        dashboard_save.edit(user, dashboard, queries)
    else:
        live_view(user, dashboard)


with refusals_shown():
    show()
