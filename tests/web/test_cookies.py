"""The flags of the session's cookie."""

from __future__ import annotations

import pytest
from starlette.responses import Response

from core.settings import Settings, get_settings
from web import cookies


def flags_of_session() -> str:
    response = Response()
    cookies.sign_in_cookies(response, token="token", csrf="csrf")
    headers = [value.decode().lower() for name, value in response.raw_headers if name == b"set-cookie"]
    return next(header for header in headers if header.startswith("rooster_session="))


@pytest.mark.parametrize(("address", "is_secure"), [("https://reports.example.com", True), ("http://localhost", False)])
def test_it_is_secure_exactly_where_the_address_is_https(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str, is_secure: bool
) -> None:
    assert settings
    monkeypatch.setenv("ROOSTER_BASE_URL", address)
    get_settings.cache_clear()
    assert ("secure" in flags_of_session()) is is_secure


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (b"rooster_session=abc", "abc"),
        (b"a=1; rooster_session=abc; b=2", "abc"),
        (b'bad"=; ;;=; rooster_session=abc', "abc"),
        (b"xrooster_session=abc", None),
        (b"rooster_session=", None),
        (b"\xff\xfe", None),
    ],
)
def test_it_is_found_among_cookies_of_others(header: bytes, found: str | None) -> None:
    scope = {"headers": [(b"cookie", header)]}
    assert cookies.read_cookie(scope, cookies.SESSION) == found
