"""Workspace: name, language and look of everything that is sent. For administrators."""

from __future__ import annotations

from pages.components import workspace_form
from pages.components.feedback import refusals_shown
from pages.components.guard import require_admin
from pages.components.layout import page_head

user = require_admin()
page_head("Workspace", "What every mail and every file has in common.")

with refusals_shown():
    workspace_form.show(user)
