"""The pages: one line each. The shell builds the navigation from it, tests walk over it."""

from __future__ import annotations

from dataclasses import dataclass

from core.services.outbox import is_catching


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """`hidden` pages are reached by links and carry `?id=`; `admin` ones are for administrators."""

    path: str
    title: str
    icon: str
    section: str
    url_path: str
    hidden: bool = False
    admin: bool = False


MONITOR = "Monitor"
BUILD = "Build"
SET_UP = "Set up"

MENU: list[MenuEntry] = [
    MenuEntry("pages/home.py", "Home", ":material/home:", MONITOR, "home"),
    MenuEntry("pages/history.py", "History", ":material/history:", MONITOR, "history"),
    MenuEntry("pages/execution.py", "Run", ":material/receipt_long:", MONITOR, "execution", hidden=True),
    MenuEntry("pages/outbox.py", "Outbox", ":material/outbox:", MONITOR, "outbox", hidden=not is_catching()),
    MenuEntry("pages/schedules.py", "Schedules", ":material/event_repeat:", BUILD, "schedules"),
    MenuEntry("pages/schedule.py", "Schedule", ":material/edit_calendar:", BUILD, "schedule", hidden=True),
    MenuEntry("pages/dashboards.py", "Dashboards", ":material/dashboard:", BUILD, "dashboards"),
    MenuEntry("pages/dashboard.py", "Dashboard", ":material/dashboard_customize:", BUILD, "dashboard", hidden=True),
    MenuEntry("pages/queries.py", "Queries", ":material/code:", BUILD, "queries"),
    MenuEntry("pages/query.py", "Query", ":material/terminal:", BUILD, "query", hidden=True),
    MenuEntry("pages/data_sources.py", "Data sources", ":material/database:", SET_UP, "data-sources"),
    MenuEntry("pages/email_settings.py", "E-mail settings", ":material/mail:", SET_UP, "email-settings"),
    MenuEntry("pages/people.py", "People", ":material/group:", SET_UP, "people", admin=True),
    MenuEntry("pages/workspace.py", "Workspace", ":material/palette:", SET_UP, "workspace", admin=True),
    MenuEntry("pages/account.py", "Account", ":material/account_circle:", SET_UP, "account"),
]
