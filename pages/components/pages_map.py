"""Where things are opened: links to hidden pages carry `?id=`."""

from __future__ import annotations

from typing import Final, NoReturn
from uuid import UUID

import streamlit as st

from core.errors import NotFound
from pages.components.feedback import plain

HOME: Final = "pages/home.py"
HISTORY: Final = "pages/history.py"
EXECUTION: Final = "pages/execution.py"
OUTBOX: Final = "pages/outbox.py"
SCHEDULES: Final = "pages/schedules.py"
SCHEDULE: Final = "pages/schedule.py"
DASHBOARDS: Final = "pages/dashboards.py"
DASHBOARD: Final = "pages/dashboard.py"
QUERIES: Final = "pages/queries.py"
QUERY: Final = "pages/query.py"
DATA_SOURCES: Final = "pages/data_sources.py"
EMAIL_SETTINGS: Final = "pages/email_settings.py"


def id_in_address(name: str = "id") -> UUID | None:
    """The id of a deep link; None without one. Raises NotFound when it is no id at all."""
    text = st.query_params.get(name)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("This link is not complete: there is nothing under its id.") from None


def open_link(page: str, label: str, identity: UUID | str, *, icon: str | None = None, name: str = "id") -> None:
    """A real link: it can be opened in another tab and sent to a colleague."""
    st.page_link(page, label=plain(label), icon=icon, query_params={name: str(identity)})


def go(page: str, **parameters: object) -> NoReturn:
    st.switch_page(page, query_params={name: str(value) for name, value in parameters.items()})
