"""The first request of a fresh server may not run a page's file past the guard and the menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from pages.components.menu import MENU
from tests.fixtures_web import WebServer, run_page, serve


@pytest.fixture(params=["uvicorn", "streamlit"])
def cold_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WebServer]:
    with serve(tmp_path, request.param) as server:
        yield server


def legacy_names() -> list[str]:
    """The addresses that Streamlit would give to the files of pages/ by itself."""
    root = Path(__file__).parents[2]
    return sorted(path.stem for path in (root / "pages").glob("*.py") if path.stem != "__init__")


@pytest.mark.slow
@pytest.mark.parametrize("name", [legacy_names()[0], MENU[-1].url_path])
def test_the_first_hit_of_somebody_goes_through_the_shell(cold_server: WebServer, name: str) -> None:
    """Nobody gets anything; the first page that anybody sees comes with the menu of the shell."""
    for address in (*legacy_names(), *(entry.url_path for entry in MENU)):
        assert cold_server.client().get(f"/{address}").status_code == 401
    with pytest.raises(InvalidStatus):
        cold_server.connect()
    client = cold_server.signed_in(cold_server.add_person("vic", "viewer"))
    with cold_server.connect(client) as socket:
        said = run_page(socket, name)
    navigation = [message.navigation for message in said if message.WhichOneof("type") == "navigation"]
    assert navigation, "the page came without the navigation of the shell"
    titles = {page.page_name for page in navigation[0].app_pages}
    assert titles == {entry.title for entry in MENU if not entry.admin}
    assert "Sign out" in str(said)
