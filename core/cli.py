"""The command line: python -m core.cli COMMAND, see docs/operations.md."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.exc import OperationalError

from core.errors import RoosterError
from core.services import installation
from core.settings import get_settings
from core.text import plural

_Command = Callable[[argparse.Namespace], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; an error is one line on stderr that says what to do, and exit code 1."""
    given = _parser().parse_args(arguments)
    try:
        _COMMANDS[given.command][1](given)
    except RoosterError as error:
        return _fail(error.message)
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        return _fail(f"The database of ROOSTER_DATABASE_URL cannot be used: {reason}")
    except OSError as error:
        return _fail(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.")
    return 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def _setup(_given: argparse.Namespace) -> None:
    login = installation.set_up(progress=_say)
    if login is None:
        _say("Nobody can sign in yet. Run: python -m core.cli create-admin")
        return
    secret = f"the password {login.password}" if login.password else "the password you set"
    _say(f"Ready. Open {get_settings().base_url} and sign in as {login.email} with {secret}.")


def _migrate(_given: argparse.Namespace) -> None:
    installation.bring_schema_up(progress=_say)
    _say("The database is up to date.")


def _create_admin(given: argparse.Namespace) -> None:
    email = given.email or input("E-mail address: ")
    name = given.name or email.partition("@")[0]
    # Never as an argument: other users of the machine could read it in the list of processes.
    password = os.environ.get("ROOSTER_ADMIN_PASSWORD") or getpass.getpass("Password (at least 10 characters): ")
    made = installation.create_admin(email=email, name=name, password=password, timezone=given.timezone)
    _say(f"{made} is an administrator now.")


def _load_sample(_given: argparse.Namespace) -> None:
    if not installation.load_sample(progress=_say):
        _say("The sample is loaded already.")


def _remove_sample(given: argparse.Namespace) -> None:
    if not given.yes:
        _say("This deletes the sample's reports with their history, its data and the demo's account.")
        if not _agrees():
            _say("Nothing was changed.")
            return
    installation.remove_sample(progress=_say)


def _agrees() -> bool:
    try:
        return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _rotate_key(_given: argparse.Namespace) -> None:
    count = installation.rotate_key()
    _say(f"{plural(count, 'secret')} sealed with the newest key. Older keys can be taken out of ROOSTER_SECRET_KEY.")


def _say(text: str) -> None:
    print(text, flush=True)


_COMMANDS: Final[dict[str, tuple[str, _Command]]] = {
    "setup": ("make the key, the database, the first administrator and the sample", _setup),
    "migrate": ("bring the database up to date", _migrate),
    "create-admin": ("add an administrator; asks for the password, or takes ROOSTER_ADMIN_PASSWORD", _create_admin),
    "load-sample": ("load the sample workspace for the first administrator", _load_sample),
    "remove-sample": ("delete the sample and the demo's account; asks first, unless --yes", _remove_sample),
    "rotate-key": ("seal every stored secret with the newest key of ROOSTER_SECRET_KEY", _rotate_key),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core.cli", description="Set up and look after Rooster.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (text, _) in _COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == "create-admin":
            command.add_argument("--email", default="")
            command.add_argument("--name", default="")
            command.add_argument("--timezone", default="UTC")
        if name == "remove-sample":
            command.add_argument("--yes", action="store_true", help="do not ask")
    return parser


if __name__ == "__main__":
    sys.exit(main())
