"""The local mail catcher and its outbox."""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.errors import NotFound
from core.mail.catcher import Outbox
from core.mail.smtp import SmtpAccount
from core.parent import VARIABLE
from tests.mail.mails import send, short_mail
from tests.mail.reports import report_mail

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def _add(outbox: Outbox, number: int = 0, **headers: str) -> str:
    message = short_mail(f"mail {number}", **headers)
    return outbox.add(
        message.as_bytes(),
        sender="reports@example.com",
        recipients=[f"p{number}@example.com"],
        at=datetime(2013, 6, 24, 11, 0, number, tzinfo=UTC),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(port: int, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "core.mail.catcher", "--port", str(port), "--folder", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_it_keeps_what_is_sent_until_it_is_told_to_stop(tmp_path: Path):
    port = _free_port()
    process = _start(port, tmp_path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"listening on 127.0.0.1:{port}\n"
        account = SmtpAccount(host="localhost", port=port, from_email="reports@example.com", use_tls=False)
        reply = send(account, message=report_mail(), recipient="hidden@example.com")
        (summary,) = Outbox(tmp_path).list()
        assert summary.envelope.recipients == ("hidden@example.com",)
        assert summary.to == "dana@example.com"
        assert summary.attachments == 3
        assert summary.id in reply.text
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
    with pytest.raises(OSError, match="refused"):
        smtplib.SMTP("127.0.0.1", port)


def test_it_ends_with_the_process_that_started_it_however_early_that_is(tmp_path: Path):
    starter = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from subprocess import PIPE, Popen; "
            "print(Popen(sys.argv[1:], stdin=PIPE, stdout=sys.stderr).pid)",
            *(sys.executable, "-m", "core.mail.catcher", "--port", str(_free_port()), "--folder", str(tmp_path)),
        ],
        cwd=ROOT,
        env={**os.environ, VARIABLE: "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    pid = int(starter.stdout)
    deadline = time.monotonic() + 30
    while _is_running(pid):
        assert time.monotonic() < deadline, "the catcher outlives its parent"
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_it_lists_the_newest_first(outbox: Outbox):
    ids = [_add(outbox, number) for number in range(5)]
    assert [mail.id for mail in outbox.list(offset=1, limit=2)] == [ids[3], ids[2]]
    assert outbox.count() == 5


def test_it_finds_by_envelope_and_subject(outbox: Outbox):
    _add(outbox, 1)
    wanted = _add(outbox, 2)
    assert [mail.id for mail in outbox.list(search="P2@example")] == [wanted]
    assert outbox.count(search="hi") == 2


def test_a_mail_comes_apart(outbox: Outbox):
    mail_id = outbox.add(
        report_mail().as_bytes(), sender="reports@example.com", recipients=["dana@example.com"], at=datetime.now(UTC)
    )
    mail = outbox.get(mail_id, cid_url="/outbox/1/inline/")
    assert 'src="/outbox/1/inline/chart-1-light"' in mail.html
    assert "cid:" not in mail.html
    assert "Open the full report" in mail.text
    assert [attachment.name.rpartition(".")[2] for attachment in mail.attachments] == ["xlsx", "csv", "pdf"]
    attachment, content = outbox.attachment(mail_id, 1)
    assert (attachment.media_type, len(content)) == ("text/csv", attachment.size)
    assert outbox.inline(mail_id, "chart-1-light")[0] == "image/png"
    assert ("X-Report-Status", "success") in mail.headers


@pytest.mark.parametrize("bad", ["../../etc/passwd", "", "x", "20130624T110000000000-deadbeef", "..\x00"])
def test_it_gives_out_nothing_but_its_mails(outbox: Outbox, bad):
    _add(outbox)
    for read in (outbox.get, outbox.raw, lambda mail_id: outbox.attachment(mail_id, 0)):
        with pytest.raises(NotFound):
            read(bad)


def test_it_knows_no_attachment_that_is_not_there(outbox: Outbox):
    mail_id = _add(outbox)
    for number in (0, -1):
        with pytest.raises(NotFound):
            outbox.attachment(mail_id, number)


def test_clearing_leaves_nothing(outbox: Outbox, tmp_path: Path):
    _add(outbox, 1)
    _add(outbox, 2)
    assert outbox.clear() == 2
    assert list((tmp_path / "outbox").iterdir()) == []
    assert outbox.list() == []
