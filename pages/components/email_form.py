"""The form of a mail account: the provider fills in what it wants, and names its secret rightly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from core.mail.presets import PRESETS, Preset
from core.schemas.accounts import Actor
from core.schemas.email_config import EmailConfigResponse
from pages.components.feedback import plain
from pages.components.header_lines import as_lines, from_lines

_OTHER: Final = ""
_SECURITY: Final = {"starttls": "STARTTLS", "tls": "TLS", "none": "None"}


@dataclass(frozen=True, slots=True)
class EmailForm:
    """What stands in the form; an empty password keeps the saved one."""

    fields: dict[str, Any]
    header_lines: str
    keeps_password: bool

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the account; raises InvalidInput for a line that is no header."""
        return {**self.fields, "extra_headers": from_lines(self.header_lines)}


def email_form(user: Actor, saved: EmailConfigResponse | None, *, key: str) -> EmailForm:
    _seed(user, saved, key)
    chosen = st.selectbox(
        "Provider", [_OTHER, *PRESETS], key=f"{key}-preset", on_change=_fill, args=(key,),
        format_func=lambda name: PRESETS[name].label if name else "Another mail server",
        help="Fills in host, port and encryption. Everything can be changed.",
    )  # fmt: skip
    preset = PRESETS.get(chosen)
    if preset:
        _advice(preset)
    host, port, security = st.columns([3, 1, 1.4])
    values: dict[str, Any] = {
        "preset": chosen or None,
        "smtp_host": host.text_input("Server", key=f"{key}-host", placeholder="smtp.example.com"),
        "smtp_port": port.number_input("Port", 1, 65535, key=f"{key}-port"),
        **_encryption(security.selectbox("Encryption", list(_SECURITY), key=f"{key}-security",
                                         format_func=_SECURITY.__getitem__)),
    }  # fmt: skip
    values |= _login(preset, saved, key)
    values |= _sender(key)
    password = values["smtp_password"]
    lines = _further_headers(key, is_used=saved is not None and bool(saved.extra_headers))
    return EmailForm(values, lines, keeps_password=not password and saved is not None and saved.has_password)


def _seed(user: Actor, saved: EmailConfigResponse | None, key: str) -> None:
    """Fill the widgets once; from then on they hold what was typed."""
    start = {
        "preset": saved.preset or _OTHER if saved else _OTHER,
        "host": saved.smtp_host if saved else "",
        "port": saved.smtp_port if saved else 587,
        "security": _security_of(saved),
        "username": saved.smtp_username if saved else "",
        "from": saved.from_email if saved else user.email,
        "from-name": (saved.from_name or "") if saved else user.name,
        "headers": as_lines(saved.extra_headers) if saved else "",
    }
    for name, value in start.items():
        st.session_state.setdefault(f"{key}-{name}", value)


def _security_of(saved: EmailConfigResponse | None) -> str:
    if saved is None or saved.use_tls:
        return "starttls"
    return "tls" if saved.use_ssl else "none"


def _fill(key: str) -> None:
    preset = PRESETS.get(st.session_state[f"{key}-preset"])
    if preset is None:
        return
    st.session_state[f"{key}-host"] = preset.smtp_host
    st.session_state[f"{key}-port"] = preset.smtp_port
    st.session_state[f"{key}-security"] = preset.security


def _advice(preset: Preset) -> None:
    if preset.warning:
        st.warning(plain(preset.warning), icon=":material/warning:")
    limits = [
        f"{preset.daily_limit:,} recipients a day" if preset.daily_limit else "",
        f"mails up to {preset.max_message_mb} MB" if preset.max_message_mb else "",
        preset.pace,
    ]
    words = " \u00b7 ".join(plain(part) for part in (preset.help, *limits) if part)
    link = f" [Their help page]({preset.help_url})" if preset.help_url else ""
    st.caption(words + link)


def _login(preset: Preset | None, saved: EmailConfigResponse | None, key: str) -> dict[str, Any]:
    left, right = st.columns(2)
    username = left.text_input(
        "User name", key=f"{key}-username", placeholder=preset.username_hint if preset else "Empty: no login",
        autocomplete="off",
    )  # fmt: skip
    stored = saved is not None and saved.has_password
    password = right.text_input(
        preset.secret_label if preset else "Password", type="password", key=_password_key(key),
        autocomplete="new-password", placeholder="Saved. Leave empty to keep it" if stored else "",
        help="Kept encrypted. It is never shown again, not even to you.",
    )  # fmt: skip
    return {"smtp_username": username, "smtp_password": password}


def _password_key(key: str) -> str:
    return f"{key}-password-{st.session_state.get(f'{key}-saved', 0)}"


def forget_password(key: str) -> None:
    """After saving: a new, empty field takes the place of the old one."""
    st.session_state[f"{key}-saved"] = st.session_state.get(f"{key}-saved", 0) + 1


def _sender(key: str) -> dict[str, Any]:
    left, right = st.columns(2)
    address = left.text_input("From address", key=f"{key}-from", help="The server must allow this account to use it.")
    name = right.text_input("From name", key=f"{key}-from-name")
    return {"from_email": address, "from_name": name or None}


def _further_headers(key: str, *, is_used: bool) -> str:
    """Open from the start only where there are some: most accounts need none."""
    with st.expander("Further headers", expanded=is_used):
        return st.text_area(
            "One per line, name and value", key=f"{key}-headers", placeholder="X-PM-Message-Stream: reports",
            help="Stand on every mail of this account. Some providers want a stream, a tag or a set of rules here.",
        )  # fmt: skip


def _encryption(security: str) -> dict[str, bool]:
    return {"use_tls": security == "starttls", "use_ssl": security == "tls"}
