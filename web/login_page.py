"""The pages around the login, from templates and the design tokens."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from core.document import tokens
from core.services.installation import Login
from web.below import address_of

_FOLDER: Final = Path(__file__).parent / "templates"
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {"content-security-policy": _POLICY, "cache-control": "no-store", "x-frame-options": "DENY"}


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined)
    made.globals["address_of"] = address_of
    return made


@lru_cache(maxsize=1)
def stylesheet() -> str:
    return (
        _templates()
        .get_template("login.css")
        .render(
            light=tokens.LIGHT,
            dark=tokens.DARK,
            dark_button=tokens.DARK_BUTTON,
            radius=tokens.RADIUS,
            space=tokens.SPACE,
            type=tokens.TYPE,
            font=tokens.FONT_STACK,
        )
    )


def login_page(
    *,
    csrf: str,
    target: str,
    email: str = "",
    error: str = "",
    notice: str = "",
    demo: Login | None = None,
    status: int = 200,
) -> HTMLResponse:
    html = _templates().get_template("login.html")
    text = html.render(csrf=csrf, target=target, email=email, error=error, notice=notice, demo=demo)
    return HTMLResponse(text, status_code=status, headers=_HEADERS)


def form_page(name: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """Another page in the same frame. Its address may be a secret, so no link of it says where it came from."""
    headers = {**_HEADERS, "referrer-policy": "no-referrer"}
    return HTMLResponse(_templates().get_template(name).render(values), status_code=status, headers=headers)


def logout_page(*, csrf: str) -> HTMLResponse:
    return HTMLResponse(_templates().get_template("logout.html").render(csrf=csrf), headers=_HEADERS)
