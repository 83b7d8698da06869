"""The very first start: a key, a schema, a person, and the sample to look at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import crypto
from core.database import get_engine, session_scope
from core.errors import InvalidInput, SettingsError
from core.migrations import migrate
from core.models import User
from core.sampledata import build
from core.schemas.accounts import Actor, UserCreate
from core.schemas.refusals import first_error
from core.services import accounts, keys, sample, sample_removal
from core.services.people import to_actor
from core.settings import create_secret_key, get_settings

Progress = Callable[[str], None]

DEMO_EMAIL: Final = "demo@rooster.test"
# Printed and documented on purpose: it opens made-up reports on a machine that listens to itself alone.
DEMO_PASSWORD: Final = "rooster-demo-2013"  # noqa: S105
DEMO_ZONE: Final = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in; `password` is None when only its owner knows it."""

    email: str
    password: str | None


def set_up(*, progress: Progress) -> Login | None:
    """Everything a first start needs; a later call changes nothing. None when nobody can sign in yet."""
    settings = get_settings()
    if create_secret_key(settings):
        progress(f"Made the secret key {settings.secret_key_path}. Keep a copy of it.")
    bring_schema_up(progress=progress)
    with session_scope() as session:
        keys.check_key(session)
        first = _first_person(session)
        wants_sample = settings.sample and sample.is_welcome(session)
    if first is not None:
        progress(f"Made the first administrator, {first.email}.")
    if wants_sample:
        load_sample(progress=progress)
    return first or find_login()


def bring_schema_up(*, progress: Progress) -> None:
    """Migrate the metadata database."""
    progress("Bringing the database up to date ...")
    _migrate()


def _migrate() -> None:
    get_settings().data_path.mkdir(parents=True, exist_ok=True)
    migrate(get_engine())


def load_sample(*, progress: Progress) -> bool:
    """The sample for the first administrator, once; False when it is there already."""
    with session_scope() as session:
        if sample.is_loaded(session):
            return False
    path = sample.sample_path()
    if not path.exists():
        progress("Building the sample database (about 337,000 flights) ...")
        build(path, progress=progress)
    with session_scope() as session:
        loaded = sample.load_sample(session, owner=_owner(session))
    progress("Loaded the sample: five queries, a dashboard and three scheduled reports.")
    return loaded


def remove_sample(*, progress: Progress) -> None:
    """The sample, its file and the demo's person; raises Conflict when somebody has built on it."""
    with session_scope() as session:
        removed = sample_removal.remove_sample(session, demo_email=DEMO_EMAIL)
    path = sample.sample_path()
    if path.exists():
        path.unlink()
        removed.append(f"the file {path}")
    progress("\n".join(["Removed:", *(f"  {name}" for name in removed)]))


def rotate_key() -> int:
    """Seal every stored secret with the newest key; returns how many. Raises SecretUnreadable, changing nothing."""
    with session_scope() as session:
        return keys.reseal(session)


def create_admin(*, email: str, name: str, password: str, timezone: str = "UTC") -> str:
    """Another administrator, from the command line; returns the address. Raises InvalidInput or Conflict."""
    data = _checked(email=email, name=name, password=password, timezone=timezone)
    _migrate()
    with session_scope() as session:
        return accounts.create_user(session, actor=None, data=data).email


def find_login() -> Login | None:
    """What to print: the administrator of the settings, or the demo's person."""
    settings = get_settings()
    with session_scope() as session:
        found = _administrator(session, settings.admin_email) if settings.admin_email else None
        if found is not None:
            return Login(found.email, None)
        demo = _administrator(session, DEMO_EMAIL)
        return Login(demo.email, DEMO_PASSWORD if settings.is_for_this_machine else None) if demo else None


def _first_person(session: Session) -> Login | None:
    """The person of ROOSTER_ADMIN_EMAIL or of the demo, when nobody is there yet."""
    settings = get_settings()
    if accounts.has_users(session) or not (settings.admin_email or settings.sample):
        return None
    if settings.admin_email and not settings.admin_password:
        raise SettingsError("Set ROOSTER_ADMIN_PASSWORD too (at least 10 characters) for the first administrator.")
    if settings.admin_email:
        name = settings.admin_email.partition("@")[0].replace(".", " ").title()
        data = _checked(email=settings.admin_email, name=name, password=settings.admin_password, timezone="UTC")
        return Login(accounts.create_user(session, actor=None, data=data).email, None)
    # Where others can reach the login page, nobody may know the password beforehand.
    password = DEMO_PASSWORD if settings.is_for_this_machine else crypto.new_secret()
    data = _checked(email=DEMO_EMAIL, name="Demo", password=password, timezone=DEMO_ZONE)
    return Login(accounts.create_user(session, actor=None, data=data).email, password)


def _checked(*, email: str, name: str, password: str, timezone: str) -> UserCreate:
    try:
        return UserCreate(email=email, name=name, password=password, role="admin", timezone=timezone)
    except ValidationError as error:
        raise first_error(error) from None


def _administrator(session: Session, email: str) -> Actor | None:
    user = session.scalar(select(User).where(User.email == email.casefold(), User.role == "admin", User.is_active))
    return to_actor(user) if user else None


def _owner(session: Session) -> Actor:
    oldest = select(User).where(User.role == "admin", User.is_active).order_by(User.created_at, User.id).limit(1)
    user = session.scalar(oldest)
    if user is None:
        raise InvalidInput("There is no administrator yet. Run: python -m core.cli create-admin")
    return to_actor(user)
