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
from core.services import email_configurations, mail_account_check, outbox
from pages.components.confirm import confirm
from pages.components.email_form import EmailForm, email_form, forget_password
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
    _state(saved, workspace=workspace)
    key = _key(workspace=workspace)
    with st.container(border=True):
        form = email_form(user, saved, key=key)
        with st.container(horizontal=True):
            save = st.button("Save", type="primary", icon=":material/save:", key=f"{key}-save")
            test = st.button("Test", icon=":material/bolt:", key=f"{key}-test", help="Sends one mail to you.")
            remove = saved is not None and st.button("Remove", icon=":material/delete:", key=f"{key}-remove")
    with refusals_shown():
        if save:
            _save(user, form, workspace=workspace)
            forget_password(key)
            say("The account is saved. Test it once.")
            st.rerun()
        if test:
            st.session_state[f"{key}-result"] = _test(user, form, workspace=workspace)
    if remove:
        _ask_remove(user, workspace=workspace)
    _show_steps(st.session_state.get(f"{key}-result"))


def _find(user: Actor, *, workspace: bool) -> EmailConfigResponse | None:
    find = email_configurations.get_workspace_config if workspace else email_configurations.find_email_config
    with read_scope() as session:
        return find(session, actor=user)


def _state(saved: EmailConfigResponse | None, *, workspace: bool) -> None:
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
        st.page_link(OUTBOX, label="Caught on this machine: read the outbox", icon=":material/outbox:")


def _save(user: Actor, form: EmailForm, *, workspace: bool) -> None:
    values = form.values
    with session_scope() as session:
        if form.keeps_password:
            update = (
                email_configurations.update_workspace_config if workspace else email_configurations.update_email_config
            )
            kept = {name: value for name, value in values.items() if name != "smtp_password"}
            update(session, actor=user, data=EmailConfigUpdate.model_validate(kept))
            return
        save = email_configurations.save_workspace_config if workspace else email_configurations.save_email_config
        save(session, actor=user, data=EmailConfigCreate.model_validate(values))


def _test(user: Actor, form: EmailForm, *, workspace: bool) -> EmailConfigTestResult:
    """What stands in the form; an empty password means the saved one."""
    data = EmailConfigCreate.model_validate(form.values)
    with read_scope() as session:
        prepared = mail_account_check.prepare_test(session, actor=user, data=data, for_workspace=workspace)
    with st.spinner("Talking to the mail server\u2026"):
        return mail_account_check.run_test(prepared)


def _show_steps(result: EmailConfigTestResult | None) -> None:
    if result is None:
        return
    with st.container(border=True):
        st.header("The test went well" if result.success else "The test stopped here", anchor=False)
        for step in result.steps:
            mark = ":green[:material/check_circle:]" if step.ok else ":red[:material/error:]"
            st.markdown(f"{mark} **{plain(step.name.capitalize())}** \u00b7 {plain(step.detail)}")


def _ask_remove(user: Actor, *, workspace: bool) -> None:
    confirm(
        "Remove the mail account?",
        "Reports of people without an account of their own then fail and say so."
        if workspace
        else "Your reports then leave from the workspace account; without one they fail and say so.",
        yes="Remove",
        action=lambda: _remove(user, workspace=workspace),
    )


def _remove(user: Actor, *, workspace: bool) -> str:
    delete = email_configurations.delete_workspace_config if workspace else email_configurations.delete_email_config
    with session_scope() as session:
        delete(session, actor=user)
    prefix = _key(workspace=workspace)
    for name in [name for name in st.session_state if str(name).startswith(prefix)]:
        del st.session_state[name]
    return "The account is removed."


def _key(*, workspace: bool) -> str:
    return f"mail-{'workspace' if workspace else 'own'}"
