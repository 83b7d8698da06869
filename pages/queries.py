"""Queries: saved questions."""

from __future__ import annotations

import streamlit as st

from core.database import read_scope
from core.services import saved_queries
from pages.components import query_list
from pages.components.ahead import prepare_tables
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head
from pages.components.pages_map import QUERY, go
from pages.components.paging import page_offset

user = require_user()
with page_head("Queries", "Questions to your data, written once and used in dashboards and schedules."):
    if st.button("New query", type="primary", icon=":material/add:"):
        go(QUERY)

with refusals_shown():
    offset = page_offset(size=query_list.SIZE, key="queries")
    with read_scope() as session:
        found = saved_queries.list_saved_queries(session, actor=user, offset=offset, limit=query_list.SIZE)
    query_list.show(user, found)
prepare_tables()
