"""The frame of every page: the menu, who is signed in, the way out."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page

from core.schemas.accounts import Actor
from pages.components.guard import find_user, require_user
from pages.components.menu import MENU, MenuEntry
from pages.components.signed_out import leave_when_signed_out
from web.below import address_of

_STATIC: Final = Path(__file__).parents[2] / "static"

# A form rather than a link, since a GET request must not end a session.
_SIGN_OUT: Final = """<style>
.rooster-out {{ display: flex; align-items: center; gap: .5rem; justify-content: space-between; }}
.rooster-out span {{ overflow-wrap: anywhere; font-size: .875rem; opacity: .8; }}
.rooster-out button {{ font: inherit; font-size: .875rem; color: inherit; background: none; cursor: pointer;
  min-height: 2rem; padding: .25rem .6rem; white-space: nowrap; border-radius: 8px;
  border: 1px solid color-mix(in srgb, currentColor 30%, transparent); }}
</style><form class="rooster-out" method="post" action="{action}" target="_self">
<span>{name}</span><input type="hidden" name="csrf" value="{csrf}"><button type="submit">Sign out</button></form>"""


def main() -> None:
    """Build the navigation and run the page that was asked for.

    The navigation comes before the guard: Streamlit must learn the pages from it even when nobody is signed in.
    """
    st.set_page_config(page_title="Rooster", page_icon=_STATIC / "favicon.svg", layout="wide")
    user = find_user()
    page = st.navigation(_sections(user))
    st.logo(_STATIC / "logo.svg", icon_image=_STATIC / "favicon.svg", size="large")
    _show_way_out(require_user())
    leave_when_signed_out()
    page.run()


def _sections(user: Actor | None) -> dict[str, list[Page]]:
    """The pages under their headings; those for administrators exist for nobody else."""
    is_admin = user is not None and user.is_admin
    return _grouped([entry for entry in MENU if is_admin or not entry.admin])


def _grouped(entries: Sequence[MenuEntry]) -> dict[str, list[Page]]:
    sections: dict[str, list[Page]] = {}
    for entry in entries:
        sections.setdefault(entry.section, []).append(_page(entry, is_first=entry is MENU[0]))
    return sections


def _page(entry: MenuEntry, *, is_first: bool) -> Page:
    return st.Page(
        entry.path,
        title=entry.title,
        icon=entry.icon,
        url_path=entry.url_path,
        default=is_first,
        visibility="hidden" if entry.hidden else "visible",
    )


def _show_way_out(user: Actor) -> None:
    csrf = st.context.cookies.get("rooster_csrf", "")
    fields = {"action": address_of("/logout"), "name": user.name, "csrf": csrf}
    st.sidebar.html(_SIGN_OUT.format(**{name: html.escape(value) for name, value in fields.items()}))
