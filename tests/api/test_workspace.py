"""What everybody shares, over REST: for administrators, with a version, and a logo of which only pixels survive."""

from __future__ import annotations

import base64
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from core.schemas.accounts import Actor
from tests.api.conftest import ClientOf
from tests.fixtures_database import add_person

PATH = "/api/workspace"


@pytest.fixture
def ada(client_of: ClientOf, admin: Actor) -> TestClient:
    return client_of(admin)


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 100), **options: Any) -> bytes:
    made = BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, (200, 30, 30, 128)[: 4 if kind == "PNG" else 3]).save(
        made, kind, **options
    )
    return made.getvalue()


def sent(content: bytes) -> dict[str, str]:
    return {"logo": base64.b64encode(content).decode()}


def huge_png(side: int = 60_000) -> bytes:
    """A few bytes that claim to be 3.6 thousand million pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def test_before_anything_is_set_it_has_its_defaults(ada: TestClient) -> None:
    found = ada.get(PATH).json()
    assert {name: found[name] for name in ("name", "locale", "week_start", "brand_color", "logo")} == {
        "name": "Rooster",
        "locale": "en_GB",
        "week_start": 0,
        "brand_color": None,
        "logo": None,
    }


def test_any_part_is_changed_and_what_may_be_empty_is_taken_away(ada: TestClient) -> None:
    body = {"name": "Northwind", "locale": "de-DE", "week_start": 6, "brand_color": "#fc0", **sent(picture())}
    changed = ada.put(PATH, json=body).json()
    assert (changed["name"], changed["locale"], changed["brand_color"]) == ("Northwind", "de_DE", "#FFCC00")
    assert ada.get(PATH).json() == changed
    plain = ada.put(PATH, json={"logo": None, "brand_color": None}).json()
    assert (plain["name"], plain["logo"], plain["brand_color"]) == ("Northwind", None, None)


def test_the_second_of_two_edits_is_told(ada: TestClient) -> None:
    tag = ada.get(PATH).headers["etag"]
    assert ada.put(PATH, json={"name": "First"}, headers={"if-match": tag}).status_code == 200
    late = ada.put(PATH, json={"name": "Second"}, headers={"if-match": tag})
    assert late.status_code == 412
    assert "changed by somebody else" in late.json()["detail"]


@pytest.mark.parametrize("role", ["analyst", "viewer"])
def test_for_other_people_it_is_closed(client_of: ClientOf, role: Any) -> None:
    client = client_of(add_person("Vic", role))
    assert client.get(PATH).status_code == 403
    assert client.put(PATH, json={"name": "Mine"}).status_code == 403
    assert client.put(PATH, json={"name": 5}).status_code == 403


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"locale": "en_GBB"}, "Did you mean 'en_GB'?"),
        ({"locale": "../../etc"}, "there is no language"),
        ({"brand_color": "blue"}, "'blue' is not a colour"),
        ({"brand_color": "#12345;}"}, "is not a colour"),
        ({"week_start": 7}, "week_start"),
        ({"logo": "%%%"}, "it is not base64"),
        (sent(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "it is no PNG and no JPEG"),
        (sent(picture("GIF")), "it is no PNG and no JPEG"),
        (sent(picture(size=(4001, 500))), "4000 each way are the limit"),
        (sent(picture(size=(8, 8))), "16 each way are the least"),
        (sent(picture(size=(1600, 20))), "too long and thin"),
        (sent(picture()[:-60]), "it is damaged"),
        (sent(huge_png()), "it is damaged"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_it_refuses_in_words(ada: TestClient, body: dict[str, Any], said: str) -> None:
    response = ada.put(PATH, json=body)
    assert response.status_code == 422
    assert said in str(response.json()["detail"])


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_of_a_logo_only_the_pixels_are_kept_small_and_on_white(ada: TestClient, kind: str) -> None:
    content = picture(kind, (1500, 500)) + b"<script>alert(1)</script>"
    kept = base64.b64decode(ada.put(PATH, json=sent(content)).json()["logo"])
    assert b"script" not in kept
    with Image.open(BytesIO(kept)) as logo:
        assert (logo.format, logo.mode, logo.size) == ("PNG", "RGB", (384, 128))
        red, green, _blue = logo.convert("RGB").getpixel((5, 5))
        assert red > green > (100 if kind == "PNG" else 20)
