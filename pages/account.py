"""Account: name, time zone, password, signed-in browsers, API tokens."""

from __future__ import annotations

import streamlit as st

from pages.components import account_forms, tokens_view
from pages.components.feedback import refusals_shown
from pages.components.guard import require_user
from pages.components.layout import page_head

user = require_user()
page_head("Account", "How you appear, and where you are signed in.")

with refusals_shown():
    left, right = st.columns(2, gap="medium")
    with left:
        account_forms.profile(user)
    with right:
        account_forms.password(user)
    account_forms.sessions(user)
    tokens_view.tokens(user)
