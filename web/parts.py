"""What our side adds to the Streamlit server: routes, the wall, and what happens at start and stop."""

from __future__ import annotations

import asyncio
import importlib
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route

from core import logs
from core.database import get_engine, is_reachable, read_scope
from core.errors import SettingsError
from core.migrations import current_revision, newest_revision
from core.parent import end_with_parent
from core.services import accounts, standby
from core.services.demo_login import known_login_problem
from core.settings import get_settings
from web import files, identity, links, login, passwords, previews, unsubscribe
from web.api import create_api
from web.away import told_when_away
from web.below import OnlyBelow, address_of
from web.forwarded import Forwarded, believe_our_setting_alone
from web.limits import BodyLimit
from web.paths import is_loopback
from web.sockets import LIVE
from web.wall import Wall

_log = logging.getLogger(__name__)
# The first page would wait for these otherwise.
_HEAVY: Final = ("pyarrow", "pyarrow.compute", "core.services.scheduled_reports")
_SERVERS: Final = ("streamlit", "uvicorn", "websockets")


def parts() -> dict[str, Any]:
    """The arguments of `st.App`; called before the server is made, which then obeys what is set here."""
    from streamlit import config

    believe_our_setting_alone()
    config.set_option("server.baseUrlPath", get_settings().base_path.strip("/"))
    return {"routes": routes(), "middleware": middleware(), "lifespan": lifespan}


def routes() -> list[BaseRoute]:
    ours = [
        Mount("/api", create_api()),
        *login.routes(),
        *passwords.routes(),
        *files.routes(),
        *links.routes(),
        *unsubscribe.routes(),
        *previews.routes(),
    ]
    return list(map(_below, ours))


def _below(route: Mount | Route) -> BaseRoute:
    """Each by itself: one mount around them would swallow what is Streamlit's."""
    path = address_of(route.path)
    if isinstance(route, Mount):
        return Mount(path, route.app)
    return Route(path, told_when_away(route.endpoint), methods=route.methods)


def middleware() -> list[Middleware]:
    return [Middleware(Forwarded), Middleware(OnlyBelow), Middleware(Wall), Middleware(BodyLimit)]


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    logs.set_up()
    end_with_parent()
    standby.switch_on()
    _log_in_one_place()
    await run_in_threadpool(_tell_what_is_missing)
    threading.Thread(target=_preload, name="preload", daemon=True).start()
    watching = asyncio.create_task(
        LIVE.watch(lambda token: identity.find_session_of(token) is not None, when_alone=standby.dismiss)
    )
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


def _preload() -> None:
    for name in _HEAVY:
        importlib.import_module(name)
    _log_in_one_place()


def _log_in_one_place() -> None:
    """The servers' own handlers would write past the filter that blots out secrets."""
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in _SERVERS:
            logger.handlers.clear()
            logger.propagate = True


def _tell_what_is_missing() -> None:
    """A server started by hand says by name what script/server would have prepared."""
    if not _identity_reaches_pages():
        _log.error("server.trustedUserHeaders is not set: start in the project's folder, where .streamlit/ lies.")
    _tell_other_flags()
    if not is_reachable():
        _log.error("The database does not answer. Check ROOSTER_DATABASE_URL.")
        return
    if current_revision(get_engine()) != newest_revision():
        _log.error("The database is not up to date. Run: python -m core.cli migrate")
        return
    with read_scope() as session:
        if not accounts.has_users(session):
            _log.warning("There is no account yet. Run: python -m core.cli create-admin")
        problem = known_login_problem(session, reaches=_open_address()) if _open_address() else None
    if problem:
        _log.error(problem)
        raise SettingsError(problem)


def _tell_other_flags() -> None:
    """Streamlit reads none of our settings: who starts it by hand has to repeat two of them."""
    from streamlit import config

    settings = get_settings()
    for name, flag in (("host", "server.address"), ("port", "server.port")):
        wanted = str(getattr(settings, name))
        if name in settings.model_fields_set and str(config.get_option(flag)) != wanted:
            _log.warning("The settings ask for --%s %s, the server was started without it.", flag, wanted)


def _open_address() -> str:
    """Where others can reach us, by the settings or by the launcher's flag; empty when nobody can."""
    from streamlit import config

    settings = get_settings()
    # Without an address, and without our configuration file, Streamlit listens everywhere.
    flag = str(config.get_option("server.address") or "0.0.0.0")  # noqa: S104 - to refuse it
    if flag and flag != "localhost" and not is_loopback(flag):
        return flag
    return "" if settings.is_for_this_machine else settings.public_address


def _identity_reaches_pages() -> bool:
    from streamlit import config

    headers = config.get_option("server.trustedUserHeaders")
    return isinstance(headers, dict) and "x-app-session" in headers
