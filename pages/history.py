"""History: every execution, filtered, paged by the database, live while something runs."""

from __future__ import annotations

from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.history_list import history
from pages.components.layout import page_head

user = require_user()
page_head("History", "Every run: when it was due, what it found, who got it, what went wrong.")

with refusals_shown():
    history(user)
