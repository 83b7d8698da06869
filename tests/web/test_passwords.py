"""Forgotten passwords and invitations, on a real server: forms without JavaScript, links that work once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from core.models import AccountLink, AuditEntry, EmailConfiguration, LoginAttempt, User
from core.schemas.people import UserInvite
from core.services import account_links
from core.services.people import to_actor
from tests.fixtures_smtp import SmtpServer
from tests.fixtures_web import HTML, WebServer, log_in, serve

FRESH = "a fresh long password"
_PATIENCE_S = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with serve(tmp_path_factory.mktemp("passwords")) as running:
        running.add_person("ada", "admin")
        yield running


@pytest.fixture
def mails(server: WebServer, smtp_server: Callable[..., SmtpServer]) -> Iterator[SmtpServer]:
    """What arrives through the account of the workspace."""
    smtp = smtp_server()
    values = {"smtp_host": smtp.host, "smtp_port": smtp.port, "use_tls": False, "from_email": "hello@example.test"}
    with server.database() as session:
        session.add(EmailConfiguration(owner_id=None, **values))
    yield smtp
    with server.database() as session:
        session.query(EmailConfiguration).delete()


def csrf(page: httpx2.Response) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def ask(client: httpx2.Client, email: str) -> httpx2.Response:
    return client.post("/forgot", data={"csrf": csrf(client.get("/forgot", headers=HTML)), "email": email})


def invited(server: WebServer, name: str) -> str:
    """The path of somebody's link."""
    with server.database() as session:
        ada = to_actor(session.query(User).filter_by(email="ada@example.test").one())
        data = UserInvite(email=f"{name}@example.test", name=name.title())
        return httpx2.URL(account_links.invite_user(session, actor=ada, data=data).url).path


def choose(client: httpx2.Client, path: str, password: str = FRESH, again: str | None = None) -> httpx2.Response:
    form = {"csrf": csrf(client.get(path)), "password": password, "again": password if again is None else again}
    return client.post(path, data=form)


def wait_for(found: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not found() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found()


def test_the_login_page_leads_to_a_link_by_mail_and_back_in(server: WebServer, mails: SmtpServer) -> None:
    email = server.add_person("forgetful")
    old = server.signed_in(email)
    client = server.client()
    assert 'href="/forgot"' in client.get("/login").text
    assert ask(client, email.upper()).status_code == 200
    wait_for(lambda: mails.received)
    [mail] = mails.received
    assert mail.recipients == [email]
    text = mail.message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"http://\S+(/set-password/[\w-]{43})\s", text)
    assert link
    assert choose(client, link.group(1)).status_code == 200
    assert log_in(server.client(), email, FRESH).status_code == 303
    assert old.get("/").status_code == 401, "the browsers of before are signed out"


def test_the_answer_is_the_same_for_every_address(server: WebServer, mails: SmtpServer) -> None:
    known = server.add_person("known")
    pages = [ask(server.client(), email) for email in (known, "nobody@example.test", "no address")]
    assert {page.status_code for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    wait_for(lambda: mails.received)
    assert [mail.recipients for mail in mails.received] == [[known]]


def test_looking_at_a_link_uses_nothing_up_and_posting_does(server: WebServer) -> None:
    path = invited(server, "looker")
    client = server.client()
    for _ in range(3):
        assert client.get(path, headers=HTML).status_code == 200
        assert client.head(path).status_code in (200, 405)
    assert "Welcome" in client.get(path).text
    assert choose(client, path).status_code == 200
    assert client.get(path).status_code == 404
    assert "works no more" in client.post(path, data={"password": FRESH}).text
    assert log_in(server.client(), "looker@example.test", FRESH).status_code == 303


@pytest.mark.parametrize(("fresh", "again"), [("short", "short"), (FRESH, "another long one"), ("x" * 201, "x" * 201)])
def test_a_bad_password_leaves_the_link_good(server: WebServer, fresh: str, again: str) -> None:
    path = invited(server, f"bad{len(fresh)}{len(again)}")
    client = server.client()
    refused = choose(client, path, fresh, again)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert choose(client, path).status_code == 200


def test_it_refuses_forms_of_other_sites(server: WebServer) -> None:
    path = invited(server, "careful")
    client = server.client()
    form = {"password": FRESH, "again": FRESH, "email": "careful@example.test"}
    for target in (path, "/forgot"):
        assert client.post(target, data=form).status_code == 403
        client.get(target)
        assert client.post(target, data={**form, "csrf": "guessed"}).status_code == 403
    with server.database() as session:
        link = session.query(AccountLink).join(AccountLink.user).filter(User.email == "careful@example.test").one()
        assert link.used_at is None


def test_its_pages_run_no_scripts_and_tell_nobody_their_address(server: WebServer) -> None:
    for path in (invited(server, "strict"), "/forgot", "/set-password/" + "x" * 43):
        response = server.client().get(path)
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in response.headers["content-security-policy"]
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert "<script" not in response.text
        style = re.search(r'rel="stylesheet" href="([^"]+)"', response.text)
        assert style
        assert server.client().get(str(response.url.join(style.group(1)))).status_code == 200


def test_it_works_below_a_path_too(tmp_path: Path) -> None:
    with serve(tmp_path, variables={"ROOSTER_BASE_URL": "http://127.0.0.1/reports"}) as below:
        below.add_person("ada", "admin")
        path, client = invited(below, "deep"), below.client()
        page = client.get(path)
        for address in re.findall(r'(?:href|src)="([^"]+)"', page.text):
            assert address.startswith("/reports/")
            assert client.get(address.removeprefix("/reports")).status_code == 200
        assert 'href="/reports/login"' in choose(client, path).text
        assert 'action="/reports/forgot"' in client.get("/forgot").text
        assert ask(client, "deep@example.test").status_code == 200


@pytest.mark.parametrize("path", ["/set-password", "/set-password/", "/set-password/short", "/forgot/", "/FORGOT",
                                  "/set-password/" + "x" * 44, "/set-password/" + "x" * 42 + "/"])  # fmt: skip
def test_no_other_spelling_is_public(server: WebServer, path: str) -> None:
    assert server.raw_get(path)[0] == 401


def test_no_token_gets_into_the_log(server: WebServer) -> None:
    path = invited(server, "logged")
    choose(server.client(), path)
    log = server.log.read_text()
    assert "/set-password/***" in log
    assert path.rpartition("/")[2] not in log


def test_one_address_asks_ten_times_and_then_waits(server: WebServer) -> None:
    with server.database() as session:
        session.query(LoginAttempt).delete()
    answers = [ask(server.client(), f"guess{number}@example.test") for number in range(11)]
    server.forget_failures()
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_what_happened_is_in_the_audit(server: WebServer) -> None:
    choose(server.client(), invited(server, "audited"))
    with server.database() as session:
        entries = session.query(AuditEntry).filter_by(object_name="audited@example.test").order_by(AuditEntry.at)
        found = [(entry.action, entry.ip) for entry in entries]
    assert found[0][0] == "invite"
    assert found[-1] == ("set_password", "127.0.0.1")
