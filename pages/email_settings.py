"""E-mail settings: how mail leaves."""

from __future__ import annotations

from pages.components import email_account
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head

user = require_user()
page_head("E-mail settings", "The account that your reports are sent from.")

with refusals_shown():
    email_account.account(user, workspace=email_account.choose_account(user))
