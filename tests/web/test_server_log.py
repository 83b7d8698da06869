"""What the servers write into their logs."""

from __future__ import annotations

from tests.fixtures_web import WebServer


def test_no_secret_of_an_address_gets_into_the_log(web_server: WebServer) -> None:
    web_server.client().get("/login?password=s3cret-canary&next=postgresql://reader:s3cret-canary@db/sales")
    text = web_server.log.read_text()
    assert "GET /login?" in text
    assert "s3cret-canary" not in text
