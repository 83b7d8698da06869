"""One query: write it, run it, look at it, save it, schedule it."""

from __future__ import annotations

import streamlit as st

from core.schemas.content import Presentation
from pages.components import query_editor, query_save
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import back_link, page_head
from pages.components.pages_map import QUERIES, id_in_address
from pages.components.presentation_form import presentation_form
from pages.components.share_panel import share_panel

user = require_user()
back_link(QUERIES, "All queries")


def show() -> None:
    query, sources = query_save.load(user, id_in_address())
    key = str(query.id) if query else "new"
    page_head(query.name if query else "New query")
    if not sources:
        query_save.no_source()
        return
    share_panel(user, query)
    left, right = st.columns(2)
    name = left.text_input("Name", value=query.name if query else "", key=f"{key}-name", max_chars=200)
    about = right.text_input(
        "Description", value=query.description if query else "", key=f"{key}-about", help="Stands below the title."
    )
    edited = query_editor.edit(user, query, sources, source_id=id_in_address("source"))
    preview = query_editor.results(user, edited, query)
    look = presentation_form(query.presentation if query else Presentation(), preview, key=key)
    query_save.save_bar(user, query, edited, name, about, look)


with refusals_shown():
    show()
