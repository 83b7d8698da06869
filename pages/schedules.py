"""Schedules: what runs when, in which state."""

from __future__ import annotations

import streamlit as st

from pages.components import schedule_list
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head
from pages.components.pages_map import SCHEDULE, go

user = require_user()
with page_head("Schedules", "Reports that run on their own and land in people's inboxes."):
    if st.button("New schedule", type="primary", icon=":material/add:"):
        go(SCHEDULE)

with refusals_shown():
    schedule_list.show(user, schedule_list.find(user))
