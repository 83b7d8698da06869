"""Dashboards: several queries on one page."""

from __future__ import annotations

import streamlit as st

from core.database import read_scope
from core.services import dashboards
from pages.components import dashboard_list
from pages.components.ahead import prepare_tables
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head
from pages.components.pages_map import DASHBOARD, go
from pages.components.paging import page_offset

user = require_user()
with page_head("Dashboards", "Several queries on one page, and in one file when scheduled."):
    if st.button("New dashboard", type="primary", icon=":material/add:"):
        go(DASHBOARD)

with refusals_shown():
    offset = page_offset(size=dashboard_list.SIZE, key="dashboards")
    with read_scope() as session:
        found = dashboards.list_dashboards(session, actor=user, offset=offset, limit=dashboard_list.SIZE)
    dashboard_list.show(user, found)
prepare_tables()
