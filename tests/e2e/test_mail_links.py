"""A report above the budget, through web, worker and catcher: its link, the link's end, and a reader who stops."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx2
import pytest

from core import clock
from core.mail.outbox import Outbox
from core.services.download_links import link_to
from core.settings import get_settings
from tests.e2e.installation import PASSWORD, Installation, finished, installed, made
from tests.fixtures_worker import until

BOSS, DANA, KIM = "boss@company.example", "dana@company.example", "kim@company.example"
PUBLIC = "https://reports.company.example"
KEY = "only for the links of these tests"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Reached at a public https name, as the mails have it; one mebibyte of files per mail."""
    variables = {
        "ROOSTER_BASE_URL": PUBLIC,
        "ROOSTER_SAMPLE": "0",
        "ROOSTER_ADMIN_EMAIL": BOSS,
        "ROOSTER_ADMIN_PASSWORD": PASSWORD,
        "ROOSTER_SECRET_KEY": KEY,
        "ROOSTER_MAX_ATTACHMENTS_MB": "1",
    }
    with installed(tmp_path_factory.mktemp("links"), variables) as installation:
        yield installation


@pytest.fixture(scope="module")
def boss(house: Installation) -> Iterator[httpx2.Client]:
    with house.signed_in(BOSS) as client:
        account = {
            "smtp_host": "127.0.0.1", "smtp_port": house.catcher_port, "use_tls": False, "from_email": BOSS,
            "extra_headers": {"X-PM-Message-Stream": "reports"},
        }  # fmt: skip
        made(client, "/api/email-config", account)
        yield client


@pytest.fixture(scope="module")
def report(boss: httpx2.Client, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """About two megabytes that nothing makes smaller."""
    path = tmp_path_factory.mktemp("source") / "noise.db"
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE noise (words TEXT)")
        connection.executemany("INSERT INTO noise VALUES (hex(randomblob(200)))", [()] * 5_000)
    connection.close()
    source = made(boss, "/api/data-sources", {"name": "Noise", "url": f"sqlite:///{path}"})
    query = made(
        boss, "/api/saved-queries",
        {"name": "All of it", "data_source_id": source["id"], "sql": "SELECT words FROM noise"},
    )  # fmt: skip
    return made(
        boss, "/api/scheduled-reports",
        {
            "name": "Noise", "saved_query_id": query["id"], "recipients": [DANA, KIM], "formats": ["csv"],
            "schedule_config": {"type": "monthly", "time": "07:00", "day_of_month": 1},
        },
    )  # fmt: skip


def outbox(house: Installation) -> Outbox:
    return Outbox(house.data_dir / "outbox")


def run(boss: httpx2.Client, report: dict[str, Any]) -> dict[str, Any]:
    started = boss.post(f"/api/scheduled-reports/{report['id']}/run")
    assert started.status_code == 202, started.text
    return finished(boss, started.json()["execution_id"])


def newest_to(house: Installation, address: str) -> EmailMessage:
    box = outbox(house)
    [mail] = [mail for mail in box.list(limit=100) if address in mail.envelope.recipients][:1]
    return message_from_bytes(box.raw(mail.id), policy=policy.default)


def path_of(url: str) -> str:
    """Its path on the server of the test: the public name is known to nobody here."""
    assert url.startswith(PUBLIC)
    return urlsplit(url).path


def body_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture(scope="module")
def first(boss: httpx2.Client, report: dict[str, Any]) -> dict[str, Any]:
    """The run whose mails the tests look at."""
    return run(boss, report)


def link_in(message: EmailMessage) -> str:
    [url] = set(re.findall(rf"{PUBLIC}/d/[A-Za-z0-9_-]+", body_of(message)))
    return path_of(url)


def stop_link_in(message: EmailMessage) -> str:
    found = re.match(rf"<({PUBLIC}/u/[A-Za-z0-9_-]+)>, <mailto:", str(message["List-Unsubscribe"]))
    assert found is not None
    return path_of(found[1])


def test_the_mail_has_a_link_instead_of_the_file_and_says_why(house: Installation, first: dict[str, Any]) -> None:
    assert (first["status"], sorted(first["sent_to"])) == ("success", [DANA, KIM])
    message = newest_to(house, DANA)
    assert list(message.iter_attachments()) == []
    assert "is too large for e-mail (together at most 1.0 MB), so it is a link here. It works until the end of" in (
        " ".join(body_of(message).split())
    )
    assert message["X-PM-Message-Stream"] == "reports"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_link_gives_the_very_bytes_without_a_cookie(house: Installation, first: dict[str, Any]) -> None:
    file = first["generated_files"]["csv"]
    answer = httpx2.get(house.url + link_in(newest_to(house, KIM)))
    assert answer.status_code == 200
    assert (len(answer.content), hashlib.sha256(answer.content).hexdigest()) == (file["size"], file["sha256"])
    assert file["name"] in answer.headers["content-disposition"]


def test_one_click_removes_the_person_and_tells_the_owner(
    house: Installation, boss: httpx2.Client, report: dict[str, Any], first: dict[str, Any]
) -> None:
    assert first["status"] == "success"
    url = house.url + stop_link_in(newest_to(house, KIM))
    assert httpx2.get(url).status_code == 200
    assert boss.get(f"/api/scheduled-reports/{report['id']}").json()["recipients"] == [DANA, KIM]
    assert httpx2.post(url, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert boss.get(f"/api/scheduled-reports/{report['id']}").json()["recipients"] == [DANA]
    until(lambda: [mail for mail in outbox(house).list() if BOSS in mail.envelope.recipients], what="the notice")
    assert newest_to(house, BOSS)["Subject"] == f"{KIM} stopped Noise"
    assert run(boss, report)["sent_to"] == [DANA]


def test_the_owner_revokes_the_links_of_a_run_and_of_no_other(
    house: Installation, boss: httpx2.Client, report: dict[str, Any]
) -> None:
    before, run_id = link_in(newest_to(house, KIM)), run(boss, report)["id"]
    link = link_in(newest_to(house, DANA))
    answer = boss.post(f"/api/executions/{run_id}/revoke-links")
    assert (answer.status_code, answer.json()["links_until"]) == (200, None)
    gone = httpx2.get(house.url + link)
    assert gone.status_code == 410
    assert "This link was withdrawn" in gone.text
    assert httpx2.head(house.url + before).status_code == 200


@pytest.mark.usefixtures("settings")
def test_a_link_of_yesterday_is_over(
    house: Installation, first: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed with the key of the installation, as it would have been a week and a day ago."""
    monkeypatch.setenv("ROOSTER_SECRET_KEY", KEY)
    monkeypatch.setenv("ROOSTER_BASE_URL", PUBLIC)
    get_settings.cache_clear()
    paths = [
        path_of(link_to(UUID(first["id"]), fence=1, format="csv", part=1, until=clock.now() + timedelta(seconds=left)))
        for left in (60, -1)
    ]
    assert httpx2.head(house.url + paths[0]).status_code == 200
    over = httpx2.get(house.url + paths[1])
    assert over.status_code == 410
    assert "This link is over" in over.text
