"""The house in which the checklist is gone through, and what its groups are made of."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx2
import pytest

from core.text import plural
from tests.e2e.installation import Installation
from tests.fixtures_smtp import SmtpServer

READER: Final = "manager@example.test"
ZONE: Final = "America/New_York"
FORMATS: Final = ["excel", "csv", "pdf"]


@dataclass
class House:
    """The installation, a person's REST client and the mail server, which refuses one address."""

    installation: Installation
    api: httpx2.Client
    mail: SmtpServer

    def mails_to(self, address: str) -> list[Any]:
        return [mail.message for mail in self.mail.received if mail.recipients == [address]]


def surroundings(house: House) -> str:
    """What is behind the processes, as they say themselves or as it was seen."""
    with house.installation.database() as session:
        kind = session.get_bind().dialect.name
    queue = house.installation.variables["ROOSTER_QUEUE_URL"].partition(":")[0]
    health = house.api.get("/api/health").json()
    worker = "a worker" if health["worker"]["alive"] else "no worker"
    log_ins = plural(len(house.mail.logins), "log-in")
    return f"{kind} {health['database']}, {queue} {health['queue']}, {worker}, mail over STARTTLS with {log_ins}"


def make_shop(folders: pytest.TempPathFactory) -> str:
    path = folders.mktemp("shop") / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE sales (region TEXT, amount INTEGER)")
    connection.executemany("INSERT INTO sales VALUES (?, ?)", [("North", 100), ("South", 250)])
    connection.commit()
    connection.close()
    return str(path)


def daily(query: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The plan's example: a daily report at 08:00."""
    body = {
        "name": "Daily Sales Report",
        "description": "Sales summary sent every morning",
        "saved_query_id": query["id"],
        "schedule_config": {"type": "daily", "time": "08:00", "timezone": ZONE},
        "recipients": [READER],
        "formats": FORMATS,
        "email_subject": "Daily Sales Report - {{date}}",
        "email_body": "Please find attached today's sales report.",
        "is_active": True,
    }
    return body | changes


def endings(message: Any) -> set[str]:
    return {str(part.get_filename()).rpartition(".")[2] for part in message.iter_attachments()}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
