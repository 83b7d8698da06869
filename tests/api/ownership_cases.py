"""What the ownership matrix asks: each operation that names an object, and where the rows of each table are reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

SOURCE, QUERY, BOARD = "/data-sources/{data_source_id}", "/saved-queries/{saved_query_id}", "/dashboards/{dashboard_id}"
REPORT, RUN, PERSON = "/scheduled-reports/{report_id}", "/executions/{execution_id}", "/users/{user_id}"
MINE: Final = {"name": "Mine now"}
NEW_SHARES: Final = [{"email": "charlie@example.test", "level": "edit"}]


@dataclass(frozen=True)
class Case:
    """One operation: a valid body, and what a person with a read share is answered."""

    body: Any = None
    reader: tuple[int, ...] = (403, 404)
    stranger: int = 404
    # For people who are not administrators the whole of it is closed, whoever it is about.
    closed: bool = False


READ = (200,)
CASES: Final[dict[tuple[str, str], Case]] = {
    ("get", SOURCE): Case(),
    ("put", SOURCE): Case(MINE),
    ("delete", SOURCE): Case(),
    ("post", f"{SOURCE}/test"): Case(),
    ("get", f"{SOURCE}/tables"): Case(),
    ("get", "/data-sources/{object_id}/shares"): Case(),
    ("put", "/data-sources/{object_id}/shares"): Case([{"email": "charlie@example.test", "level": "use"}]),
    ("get", QUERY): Case(reader=READ),
    ("put", QUERY): Case(MINE),
    ("delete", QUERY): Case(),
    ("post", f"{QUERY}/preview"): Case({"limit": 5}, reader=READ),
    ("get", "/saved-queries/{object_id}/shares"): Case(reader=READ),
    ("put", "/saved-queries/{object_id}/shares"): Case(NEW_SHARES),
    ("get", BOARD): Case(reader=READ),
    ("put", BOARD): Case(MINE),
    ("delete", BOARD): Case(),
    ("get", "/dashboards/{object_id}/shares"): Case(reader=READ),
    ("put", "/dashboards/{object_id}/shares"): Case(NEW_SHARES),
    ("get", REPORT): Case(reader=READ),
    ("put", REPORT): Case(MINE),
    ("delete", REPORT): Case(),
    ("post", f"{REPORT}/run"): Case(),
    ("post", f"{REPORT}/test"): Case(),
    ("get", f"{REPORT}/executions"): Case(reader=READ),
    ("get", "/scheduled-reports/{object_id}/shares"): Case(reader=READ),
    ("put", "/scheduled-reports/{object_id}/shares"): Case(NEW_SHARES),
    ("get", RUN): Case(reader=READ),
    ("get", f"{RUN}/files/{{format}}"): Case(reader=READ),
    ("post", f"{RUN}/cancel"): Case(),
    ("post", f"{RUN}/revoke-links"): Case(),
    ("post", f"{RUN}/resend"): Case({"recipients": ["dana@example.test"]}),
    ("post", "/deliveries/{delivery_id}/settle"): Case({"outcome": "sent"}),
    ("get", "/outbox/{mail_id}"): Case(),
    ("delete", "/auth/tokens/{token_id}"): Case(),
    ("delete", "/auth/sessions/{session_id}"): Case(),
    ("get", PERSON): Case(closed=True),
    ("put", PERSON): Case({"name": "Mallory"}, closed=True),
    ("delete", PERSON): Case(closed=True),
    ("post", f"{PERSON}/link"): Case(closed=True),
    ("get", f"{PERSON}/sessions"): Case(closed=True),
    ("delete", f"{PERSON}/sessions"): Case(closed=True),
    ("post", f"{PERSON}/transfer"): Case({"to": "00000000-0000-4000-8000-000000000000"}, closed=True),
}
# Where the rows of a table can be reached: by a path above, in the answer of one, or not by other people at all.
TABLES: Final[dict[str, str]] = {
    "data_sources": SOURCE,
    "saved_queries": QUERY,
    "dashboards": BOARD,
    "dashboard_tiles": BOARD,
    "scheduled_reports": REPORT,
    "shares": "/scheduled-reports/{object_id}/shares",
    "report_executions": RUN,
    "generated_files": f"{RUN}/files/{{format}}",
    "deliveries": "/deliveries/{delivery_id}/settle",
    "attempts": RUN,
    "api_tokens": "/auth/tokens/{token_id}",
    "users": PERSON,
    "email_configurations": "no id: one's own, or the workspace's for administrators",
    "sessions": "/auth/sessions/{session_id}",
    "account_links": "no path: whoever holds the secret link",
    "login_attempts": "no path",
    "workspace": "no path: what everybody shares",
    "workers": "no path: health tells whether one lives",
    "audit_entries": "no path: one's own deeds, or all for administrators",
}
# Outside of the document: files and the mail of a run. A preview's token is random and its maker's alone.
PLAIN: Final = {"/files/{execution_id}/{format}", "/preview/execution/{execution_id}"}
NOBODYS: Final = {
    "/preview/mail/{token}",
    "/preview/outbox/{mail_id}",
    "/preview/outbox/{mail_id}/attachment/{n:int}",
}
# Signed words from a mail: whoever holds one needs no account (test_mail_links.py).
SIGNED: Final = {"/d/{token}", "/u/{token}"}
