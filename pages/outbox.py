"""Outbox: the mails that the local catcher kept, read like in a mail client."""

from __future__ import annotations

from core.services import outbox
from pages.components import outbox_view
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head
from pages.components.paging import page_offset

user = require_user()
with page_head("Outbox", "Mails that were caught on this machine. Nobody outside has got them."):
    outbox_view.clear_button(user)

with refusals_shown():
    offset = page_offset(size=outbox_view.SIZE, key="mails")
    found = outbox.list_mails(actor=user, search=outbox_view.search_field(), offset=offset, limit=outbox_view.SIZE)
    outbox_view.show(user, found)
