"""The local mail catcher: a mail server on loopback that keeps every mail in a folder and sends none.

`python -m core.mail.catcher --port 1025 --folder data/outbox` prints `listening on 127.0.0.1:1025` when
ready and runs until SIGTERM.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from core import clock
from core.mail.outbox import Mail, MailSummary, Outbox
from core.parent import end_with_parent

__all__ = ["Mail", "MailSummary", "Outbox", "main", "make_controller"]

MAX_MAIL_BYTES = 64 * 1024 * 1024


class _Keeper:
    """Puts each accepted mail into the outbox before the server says 250."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        mail_id = self._outbox.add(
            content, sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, at=clock.now()
        )
        return f"250 Kept as {mail_id}"


def make_controller(outbox: Outbox, *, port: int) -> Controller:
    """A server on 127.0.0.1 that is not started yet."""
    return Controller(
        _Keeper(outbox),
        hostname="127.0.0.1",
        port=port,
        server_hostname="localhost",
        data_size_limit=MAX_MAIL_BYTES,
    )


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    controller = make_controller(Outbox(options.folder), port=options.port)
    try:
        controller.start()
    except OSError as error:
        sys.stderr.write(f"The mail catcher cannot listen on 127.0.0.1:{options.port}: {error.strerror}.\n")
        return 1
    sys.stdout.write(f"listening on 127.0.0.1:{options.port}\n")
    sys.stdout.flush()
    end_with_parent()
    stopped.wait()
    controller.stop()
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m core.mail.catcher", description="Keep mails instead of sending.")
    parser.add_argument("--port", type=int, default=1025)
    parser.add_argument("--folder", type=Path, default=Path("data/outbox"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
