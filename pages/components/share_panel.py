"""With whom a data source, a query, a dashboard or a schedule is shared, and sharing it with more people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import streamlit as st

from core.database import read_scope, session_scope
from core.schemas.accounts import Actor
from core.schemas.content import DashboardResponse, SavedQueryResponse
from core.schemas.scheduled_reports import ScheduledReportResponse
from core.schemas.sharing import ShareInput, ShareLevel, ShareList, ShareResponse
from core.services import sharing
from core.text import join_words, plural
from pages.components.feedback import act, plain
from pages.components.share_version import note_version

Thing = SavedQueryResponse | DashboardResponse | ScheduledReportResponse
_TYPES: Final[dict[type[Thing], str]] = {SavedQueryResponse: "saved_query", DashboardResponse: "dashboard"}
_LEVELS: Final[tuple[ShareLevel, ...]] = ("read", "edit")
_WORDS: Final[dict[ShareLevel, str]] = {"read": "May look", "edit": "May change it", "use": "May query it"}
_LENT: Final = {
    "read": "Shared with you to look at.",
    "edit": "Shared with you to change. It stays its owner's, and so does its mail account.",
}


@dataclass(frozen=True, slots=True)
class Lent:
    """Something of one's own to be shared."""

    object_type: str
    id: UUID
    name: str


def share_panel(user: Actor, thing: Thing | None) -> None:
    """One line of a page: for its owner the people who may see it, for those a word about what they may do."""
    if thing is None:
        return
    note_version(thing, first_field=f"{thing.id}-name")
    if thing.access != "owner":
        st.caption(f":material/group: {_LENT[thing.access]}")
        return
    lent = Lent(_TYPES.get(type(thing), "scheduled_report"), thing.id, thing.name)
    shares = _present(user, lent)
    label = f"Shared with {plural(len(shares), 'person', 'people')}" if shares else "Share"
    with st.popover(label, icon=":material/group:", key=f"share-{thing.id}"):
        _people(user, lent, shares)


def share_dialog(user: Actor, lent: Lent, *, level: ShareLevel) -> None:
    """The same for a thing of a list; there is one way to lend it."""

    @st.dialog(f"Share {lent.name}", icon=":material/group:")
    def show() -> None:
        _people(user, lent, _present(user, lent), levels=(level,))

    show()


def _present(user: Actor, lent: Lent) -> list[ShareResponse]:
    with read_scope() as session:
        return sharing.list_shares(session, actor=user, object_type=lent.object_type, object_id=lent.id)


def _people(user: Actor, lent: Lent, shares: Sequence[ShareResponse], levels: tuple[ShareLevel, ...] = _LEVELS) -> None:
    for share in shares:
        _row(user, lent, share, shares)
    _add(user, lent, shares, levels)


def _row(user: Actor, thing: Lent, share: ShareResponse, shares: Sequence[ShareResponse]) -> None:
    name, remove = st.columns([4, 1], vertical_alignment="center")
    name.markdown(f"{plain(share.name)} :small[:gray[{plain(share.email)}, {_WORDS[share.level].lower()}]]")
    rest = [other for other in shares if other.email != share.email]
    remove.button(
        "Remove",
        key=f"unshare-{thing.id}-{share.email}",
        type="tertiary",
        on_click=act,
        args=(_save, user, thing, rest, f"{share.name} does not see {thing.name} any more."),
    )


def _add(user: Actor, thing: Lent, shares: Sequence[ShareResponse], levels: tuple[ShareLevel, ...]) -> None:
    email = st.text_input("E-mail address of a person here", key=f"share-with-{thing.id}")
    level = None if len(levels) == 1 else _choose_level(thing, levels)
    if st.button("Share", type="primary", key=f"share-now-{thing.id}", disabled=not email.strip()):
        added = ShareResponse(email=email, name=email, level=level or levels[0])
        others = [share for share in shares if share.email != email.strip().casefold()]
        act(_save, user, thing, [*others, added], f"{thing.name} is shared with {email}.")
        st.rerun()


def _choose_level(thing: Lent, levels: tuple[ShareLevel, ...]) -> ShareLevel | None:
    return st.segmented_control(
        "What they may do", levels, default=levels[0], format_func=_WORDS.__getitem__, key=f"share-level-{thing.id}"
    )


def _save(user: Actor, thing: Lent, shares: Sequence[ShareResponse], said: str) -> str:
    wanted = ShareList.model_validate([ShareInput(email=share.email, level=share.level) for share in shares])
    with session_scope() as session:
        sharing.set_shares(session, actor=user, object_type=thing.object_type, object_id=thing.id, shares=wanted.root)
        is_source = thing.object_type == "data_source"
        left_out = sharing.cut_off(session, actor=user, data_source_id=thing.id) if is_source else []
    return f"{said} {after_cut_off(left_out)}".strip()


def after_cut_off(people: Sequence[str]) -> str:
    """What happens to those whose queries stand on what was taken back; empty when it is nobody."""
    if not people:
        return ""
    return f"Saved queries of {join_words(people)} use it: they and their reports fail until it is shared again."
