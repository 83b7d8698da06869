"""Data sources: where the data comes from, and is it reachable."""

from __future__ import annotations

import streamlit as st

from core.database import read_scope
from core.services import data_sources
from pages.components import source_list
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head
from pages.components.source_form import add_source

user = require_user()
with page_head("Data sources", "The databases that your queries read."):
    if st.button("Add", type="primary", icon=":material/add:"):
        add_source(user)

with refusals_shown():
    with read_scope() as session:
        found = data_sources.list_data_sources(session, actor=user, limit=500)
    source_list.show(user, found.items)
