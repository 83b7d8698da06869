"""The form of the workspace, with a small mail beside it that follows each change."""

from __future__ import annotations

import base64
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from core.database import read_scope, session_scope
from core.document.languages import locale_names
from core.document.model import Brand
from core.errors import InvalidInput
from core.schemas.accounts import Actor
from core.schemas.workspace import MAX_LOGO_BYTES, WorkspaceResponse, WorkspaceUpdate
from core.services import workspace
from core.services.brand_sample import brand_sample
from core.services.logos import clean_logo
from pages.components.feedback import plain, refusals_shown, say
from pages.components.unsaved import show_state
from web import preview_store

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_OURS: Final = "#3B5BDB"
_KEY: Final = "workspace"
_HEIGHT: Final = 380


def show(user: Actor) -> None:
    with read_scope() as session:
        saved = workspace.get_workspace(session, actor=user)
    version = st.session_state.setdefault(f"{_KEY}-version", saved.version)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        values = _fields(saved)
        _save_bar(user, saved, values, version=version)
    with right, st.container(border=True):
        st.header("How it looks", anchor=False)
        _sample(user, values)


def _fields(saved: WorkspaceResponse) -> dict[str, Any]:
    with st.container(border=True):
        st.header("Name and language", anchor=False)
        values: dict[str, Any] = {
            "name": st.text_input(
                "Name", value=saved.name, key=f"{_KEY}-name", max_chars=200,
                help="Stands at the head of mails and files, and is the sender where an account names none.",
            ),
        }  # fmt: skip
        names = locale_names()
        language, day = st.columns(2)
        values["locale"] = language.selectbox(
            "Language", list(names), index=_place(list(names), saved.locale), key=f"{_KEY}-locale",
            format_func=names.__getitem__,
            help="How numbers, dates and times are written in mails, PDF and HTML. CSV files stay as they are.",
        )  # fmt: skip
        values["week_start"] = day.selectbox(
            "First day of the week", range(7), index=saved.week_start, key=f"{_KEY}-week",
            format_func=_DAYS.__getitem__, help="For names such as last_week_start.",
        )  # fmt: skip
    with st.container(border=True):
        st.header("Look", anchor=False)
        values["brand_color"] = _colour(saved)
        values["logo"] = _logo(saved)
    return values


def _colour(saved: WorkspaceResponse) -> str | None:
    own = st.toggle(
        "A colour of our own", value=saved.brand_color is not None, key=f"{_KEY}-own-colour",
        help="For buttons, links, charts and the head of tables. Where it could not be read, it is made darker or "
        "lighter by itself.",
    )  # fmt: skip
    if not own:
        return None
    return st.color_picker("Colour", value=saved.brand_color or _OURS, key=f"{_KEY}-colour").upper()


def _logo(saved: WorkspaceResponse) -> str | None:
    """As base64; None for no logo."""
    sent = st.file_uploader(
        "Logo", ("png", "jpg", "jpeg"), key=f"{_KEY}-logo-{st.session_state.get(f'{_KEY}-logos', 0)}",
        max_upload_size=1,
        help=f"PNG or JPEG of at most {MAX_LOGO_BYTES // 1000} KB. It stands on white, 30 pixels high in a mail.",
    )  # fmt: skip
    if sent is not None:
        try:
            return base64.b64encode(clean_logo(sent.getvalue())).decode()
        except InvalidInput as error:
            st.markdown(f":small[:red[:material/error: {plain(error.message)}]]")
            return saved.logo
    if saved.logo is None:
        return None
    st.image(base64.b64decode(saved.logo), width=180)
    return None if st.checkbox("Remove the logo", key=f"{_KEY}-no-logo") else saved.logo


def _save_bar(user: Actor, saved: WorkspaceResponse, values: dict[str, Any], *, version: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Save", type="primary", icon=":material/save:", key=f"{_KEY}-save")
        show_state(is_new=False, is_changed=any(getattr(saved, name) != value for name, value in values.items()))
    if pressed:
        with refusals_shown():
            _save(user, saved, values, version=version)
            say("The workspace is saved. Runs and mails follow it from now on.")
            st.rerun()


def _save(user: Actor, saved: WorkspaceResponse, values: dict[str, Any], *, version: int) -> None:
    """Against the version that the fields were filled from; a logo that is the saved one is not sent again."""
    sent = {name: value for name, value in values.items() if name != "logo" or value != saved.logo}
    data = WorkspaceUpdate.model_validate(sent)
    with session_scope() as session:
        workspace.update_workspace(session, actor=user, data=data, expected_version=version)
    for name in (f"{_KEY}-version", f"{_KEY}-no-logo"):
        st.session_state.pop(name, None)
    st.session_state[f"{_KEY}-logos"] = st.session_state.get(f"{_KEY}-logos", 0) + 1


def _sample(user: Actor, values: dict[str, Any]) -> None:
    try:
        checked = WorkspaceUpdate.model_validate({name: value for name, value in values.items() if name != "logo"})
    except ValidationError:
        st.caption("Fill in the name and the colour to see a mail.")
        return
    logo = base64.b64decode(values["logo"]) if values["logo"] else None
    html = brand_sample(
        name=checked.name or "Rooster", locale=checked.locale or "en_GB", brand=Brand(checked.brand_color, logo)
    )
    slot = f"{_KEY}-sample"
    kept = st.session_state.get(slot)
    if kept is None or kept[0] != html:
        kept = st.session_state[slot] = (html, preview_store.put(user.id, html))
    st.iframe(kept[1], height=_HEIGHT, alt="A mail in this look")
    st.caption("Light or dark as your browser is, as a mail program would show it.")


def _place(names: list[str], chosen: str) -> int:
    return names.index(chosen) if chosen in names else names.index("en_GB")
