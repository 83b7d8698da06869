"""People: who may sign in, and what they may do. For administrators."""

from __future__ import annotations

import streamlit as st

from pages.components import people_list
from pages.components.feedback import refusals_shown
from pages.components.guard import require_admin
from pages.components.layout import page_head
from pages.components.people_links import invite, show_link

user = require_admin()
with page_head("People", "Who may sign in, and what they may do."):
    if st.button("Invite", type="primary", icon=":material/person_add:"):
        invite(user)

show_link()
with refusals_shown():
    people_list.show(user)
