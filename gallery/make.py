"""The whole gallery: a throw-away Rooster, each scene played in it, its papers drawn, one page to look at."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gallery.index import Played, write_index
from gallery.pictures import SCHEMES, Painter, open_browser
from gallery.scenes import READER, SCENES
from gallery.tools import find_tools

if TYPE_CHECKING:
    from gallery.house import House


def make(folder: Path, names: Sequence[str], *, scheme: str | None = None) -> int:
    """Returns the exit code: 1 when a scene brought no mail."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    tools = find_tools()
    for text in tools.missing:
        say(text)
    with tempfile.TemporaryDirectory(prefix="rooster-gallery-") as data, open_browser(tools) as browser:
        _move_into(Path(data), with_sample=any(_needs_flights(name) for name in names))
        painter = Painter(tools, browser, (scheme,) if scheme else SCHEMES)
        played = _play_all(names, folder, painter)
    page = write_index(folder, played, missing=tools.missing)
    say(f"{sum(len(one.pictures) for one in played)} pictures of {len(played)} scenes. Open {page}")
    return int(len(played) < len(names))


def _play_all(names: Sequence[str], folder: Path, painter: Painter) -> list[Played]:
    # Imported once the environment points at the throw-away folder.
    from gallery import house
    from gallery.papers import NoMail

    played = []
    with house.opened(with_flights=any(_needs_flights(name) for name in names), progress=say) as home:
        for name in names:
            began = time.monotonic()
            try:
                played.append(_play(home, name, folder, painter))
            except NoMail as error:
                say(f"{name}: {error}")
                continue
            say(f"{name}: {len(played[-1].pictures)} pictures in {time.monotonic() - began:.1f} s")
    return played


def _play(home: House, name: str, folder: Path, painter: Painter) -> Played:
    """One scene; raises NoMail when its run brought none."""
    from gallery.papers import collect

    scene = SCENES[name]
    # What an earlier scene sent is not this one's.
    home.outbox.clear()
    home.play(scene)
    recipient = home.actor.email if scene.to_owner else READER
    papers = collect(home.outbox, recipient=recipient, folder=folder / name)
    return Played(name, scene.title, papers, painter.draw(papers))


def _needs_flights(name: str) -> bool:
    return bool(SCENES[name].sample) or SCENES[name].flights


def _move_into(data: Path, *, with_sample: bool) -> None:
    """Settings of the caller's own Rooster must not reach in."""
    browser = os.environ.get("ROOSTER_TEST_BROWSER")
    for name in [name for name in os.environ if name.startswith("ROOSTER_")]:
        del os.environ[name]
    if browser:
        os.environ["ROOSTER_TEST_BROWSER"] = browser
    os.environ |= {
        "ROOSTER_DATA_DIR": str(data),
        "ROOSTER_MAIL_CATCHER_PORT": str(_free_port()),
        "ROOSTER_SAMPLE": str(with_sample).lower(),
        "ROOSTER_ADMIN_EMAIL": "olivia@rooster.test",
        "ROOSTER_ADMIN_PASSWORD": secrets.token_urlsafe(16),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def say(text: str) -> None:
    sys.stdout.write(f"gallery: {text}\n")
    sys.stdout.flush()
