"""The sample's well-known log-in, for the page where somebody looks for it."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import crypto
from core.errors import LoginFailed
from core.models import User
from core.services.installation import DEMO_EMAIL, DEMO_PASSWORD, Login
from core.settings import get_settings, is_this_machine


def known_login_problem(session: Session, *, reaches: str) -> str | None:
    """Why a server that others can reach, at `reaches`, must not start: everybody knows this password."""
    phc = session.scalar(select(User.password_hash).where(User.email == DEMO_EMAIL, User.is_active))
    if phc is None or not _is_demo_password(phc):
        return None
    return (
        f"{DEMO_EMAIL} still has the password that Rooster's documentation tells everybody, and others can reach "
        f"{reaches}. Run 'python -m core.cli remove-sample', or start it for this machine alone and change that "
        "password on the page Account."
    )


def refuse_from_elsewhere(*, email: str, password: str, ip: str) -> None:
    """The last guard, however the server was started: raises LoginFailed for that log-in from another machine."""
    if (email.strip().casefold(), password) != (DEMO_EMAIL, DEMO_PASSWORD):
        return
    if not is_this_machine(ip):
        raise LoginFailed("The sample's log-in works on its own machine only. Sign in with an account of your own.")


def find_demo_login(session: Session) -> Login | None:
    """Address and password, while they still work and only this machine can reach the server."""
    if not get_settings().is_for_this_machine:
        return None
    phc = session.scalar(select(User.password_hash).where(User.email == DEMO_EMAIL, User.is_active))
    return Login(DEMO_EMAIL, DEMO_PASSWORD) if phc and _is_demo_password(phc) else None


@lru_cache(maxsize=4)
def _is_demo_password(phc: str) -> bool:
    """Remembered, since each check is made to be slow."""
    return crypto.verify_password(DEMO_PASSWORD, phc)
