"""Forms for people without a session: a token that only the browser holding its cookie can send back."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request

from core import crypto
from web import cookies


def cookie_token(request: Request) -> str:
    """What the cookie holds, or what it shall hold."""
    return cookies.read_cookie(request.scope, cookies.FORM) or crypto.new_secret()


def csrf_of(token: str) -> str:
    return crypto.hash_token(token)


def csrf_fits(request: Request, form: FormData) -> bool:
    token = cookies.read_cookie(request.scope, cookies.FORM)
    return token is not None and crypto.same(csrf_of(token), text_of(form, "csrf"))


def text_of(form: FormData, name: str) -> str:
    """A field's text; an upload or nothing is the empty text."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
