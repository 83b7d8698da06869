"""A mail account, one's own or the workspace's: shown, saved, tested step by step, removed."""

from __future__ import annotations

from typing import Final

import streamlit as st

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.email_config import (
    EmailConfigCreate,
    EmailConfigResponse,
    EmailConfigTestResult,
    EmailConfigUpdate,
)
from core.services import email_configurations, outbox
from pages.components.confirm import confirm
from pages.components.email_form import EmailForm, email_form
from pages.components.feedback import plain, refusals_shown, say
from pages.components.pages_map import OUTBOX

_MINE: Final = "My account"
_WORKSPACE: Final = "Workspace account"


def choose_account(user: Actor) -> bool:
    """True for the workspace's account; only administrators are asked."""
    if not user.is_admin:
        return False
    chosen = st.segmented_control(
        "Account", (_MINE, _WORKSPACE), default=_MINE, required=True, key="account", bind="query-params",
        help="The workspace account is used for everybody who has none of their own.",
    )  # fmt: skip
    return chosen == _WORKSPACE


def account(user: Actor, *, workspace: bool) -> None:
    saved = _find(user, workspace=workspace)
    _state(user, saved, workspace=workspace)
    key = f"mail-{'workspace' if workspace else 'own'}"
    with st.container(border=True):
        form = email_form(user, saved, key=key)
        with st.container(horizontal=True):
            save = st.button("Save", type="primary", icon=":material/save:", key=f"{key}-save")
            test = st.button("Test", icon=":material/bolt:", key=f"{key}-test", help="Sends one mail to you.")
            remove = saved is not None and not workspace and st.button(
                "Remove", icon=":material/delete:", key=f"{key}-remove"
            )  # fmt: skip
    with refusals_shown():
        if save:
            _save(user, form, workspace=workspace)
            st.session_state.pop(f"{key}-password", None)
            say("The account is saved. Test it once.")
            st.rerun()
        if test:
            st.session_state[f"{key}-result"] = _test(user, form)
    if remove:
        _ask_remove(user)
    _show_steps(st.session_state.get(f"{key}-result"))


def _find(user: Actor, *, workspace: bool) -> EmailConfigResponse | None:
    with read_scope() as session:
        if workspace:
            return email_configurations.find_workspace_config(session, actor=user)
        return email_configurations.find_email_config(session, actor=user)


def _state(user: Actor, saved: EmailConfigResponse | None, *, workspace: bool) -> None:
    if saved is None:
        st.info(
            "No account yet. Choose your provider, fill in, save, test."
            if workspace
            else "You have no account of your own: reports leave from the workspace account, if there is one.",
            icon=":material/info:",
        )
    elif saved.state == "needs_password":
        st.warning("The saved password cannot be read any more. Type it again and save.", icon=":material/key_off:")
    if outbox.is_catching() and (saved is None or saved.smtp_host in ("localhost", "127.0.0.1")):
        st.page_link(
            OUTBOX, label="Mails to this machine are caught: read them in the outbox", icon=":material/outbox:"
        )


def _save(user: Actor, form: EmailForm, *, workspace: bool) -> None:
    with session_scope() as session:
        if form.keeps_password and not workspace:
            kept = {name: value for name, value in form.values.items() if name != "smtp_password"}
            data = EmailConfigUpdate.model_validate(kept)
            email_configurations.update_email_config(session, actor=user, data=data)
            return
        save = email_configurations.save_workspace_config if workspace else email_configurations.save_email_config
        save(session, actor=user, data=EmailConfigCreate.model_validate(form.values))


def _test(user: Actor, form: EmailForm) -> EmailConfigTestResult:
    """What stands in the form, or the saved account when its password is kept."""
    data = None if form.keeps_password else EmailConfigCreate.model_validate(form.values)
    with read_scope() as session:
        prepared = email_configurations.prepare_test(session, actor=user, data=data, recipient=user.email)
    with st.spinner("Talking to the mail server\u2026"):
        return email_configurations.run_test(prepared)


def _show_steps(result: EmailConfigTestResult | None) -> None:
    if result is None:
        return
    with st.container(border=True):
        st.subheader("The test went well" if result.success else "The test stopped here", anchor=False)
        for step in result.steps:
            mark = ":green[:material/check_circle:]" if step.ok else ":red[:material/error:]"
            st.markdown(f"{mark} **{plain(step.name.capitalize())}** \u00b7 {plain(step.detail)}")


def _ask_remove(user: Actor) -> None:
    confirm(
        "Remove your mail account?",
        "Your reports then leave from the workspace account; without one they fail and say so.",
        yes="Remove",
        action=lambda: _remove(user),
    )


def _remove(user: Actor) -> str:
    with session_scope() as session:
        email_configurations.delete_email_config(session, actor=user)
    for name in [name for name in st.session_state if str(name).startswith("mail-own-")]:
        del st.session_state[name]
    return "The account is removed."
