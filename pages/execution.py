"""One run, whole: reached by a link that carries its id."""

from __future__ import annotations

import streamlit as st

from core.database import read_scope
from core.errors import NotFound
from core.schemas.executions import ExecutionDetail
from core.services import executions
from core.states import ACTIVE_STATUSES
from pages.components import execution_view as view
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.late_address import wait_for_address
from pages.components.layout import back_link, page_head
from pages.components.live import live
from pages.components.pages_map import HISTORY, id_in_address

user = require_user()
back_link(HISTORY, "History")


def find() -> ExecutionDetail:
    identity = id_in_address()
    if identity is None:
        raise NotFound("This link names no run. Open one from the history.")
    with read_scope() as session:
        return executions.get_execution(session, actor=user, execution_id=identity)


def show(execution: ExecutionDetail) -> None:
    page_head(execution.report_name)
    view.summary(user, execution)
    view.trouble(execution)
    view.buttons(user, execution)
    main, side = st.columns([3, 1.3], gap="medium")
    with main:
        view.deliveries(user, execution)
        view.files(user, execution)
        view.mail(execution)
    with side:
        view.timeline(user, execution)


with refusals_shown():
    if wait_for_address():
        st.stop()
    live(find, show, lambda execution: execution.status in ACTIVE_STATUSES, can_begin=False)
