"""What mail servers answer, translated: may it pass later, whose fault is it, and a sentence for people."""

from __future__ import annotations

import re
import socket
import ssl
from typing import Literal

from core.errors import DeliveryError
from core.text import one_line

Stage = Literal["connect", "login", "sender", "recipient", "data", "message"]

_LATER = "Rooster tries again later."
# Some servers answer with a page of text; the first lines carry the reason.
_MAX_RESPONSE = 500


def refused(
    code: int, response: bytes, *, stage: Stage, host: str, from_email: str = "", recipient: str = ""
) -> DeliveryError:
    """The error for a reply that is not a success, judged by where in the dialogue it came."""
    text = one_line(response.decode("utf-8", "replace"))[:_MAX_RESPONSE]
    if code == 421:
        return _error(f"{host} is closing connections at the moment ({code}). {_LATER}", code, text, server_wide=True)
    if code == 530:
        message = f"{host} wants a user name and password, or encryption, before it takes mail (530): {text}"
        return _error(message, code, text, permanent=True, server_wide=True, error_class="login")
    if "5.3.4" in text or (code == 552 and stage != "recipient" and "5.2.2" not in text):
        message = (
            f"{host} does not take a mail of this size ({code}): {text} Choose fewer files, or ask an administrator to "
            "lower ROOSTER_MAX_ATTACHMENTS_MB: then they become links."
        )
        return _error(message, code, text, permanent=True, error_class="too_large")
    if stage == "login":
        return _login_refused(code, text, host=host)
    if _is_wrong_sender(code, text, stage):
        message = (
            f"This account may not send as {from_email}. Use the account's own address as the sender. "
            f"{host} said: {code} {text}"
        )
        return _error(message, code, text, permanent=True, server_wide=True)
    return _other_refusal(code, text, stage=stage, host=host, recipient=recipient)


def _is_wrong_sender(code: int, text: str, stage: Stage) -> bool:
    return code >= 500 and ("5.7.60" in text or "SendAsDenied" in text or stage == "sender")


def _other_refusal(code: int, text: str, *, stage: Stage, host: str, recipient: str) -> DeliveryError:
    permanent = code >= 500
    after = "" if permanent else f" {_LATER}"
    if stage == "recipient":
        message = f"{host} does not take mail for {recipient} ({code}): {text}{after}"
        return _error(message, code, text, permanent=permanent, error_class="recipient")
    if stage == "connect":
        return _error(
            f"{host} refused the connection ({code}): {text}{after}", code, text, permanent=permanent, server_wide=True
        )
    message = f"{host} refused the mail ({code}): {text}{after}"
    return _error(message, code, text, permanent=permanent, error_class="message")


# Answers whose own words do not tell people what to do: (code pattern, text pattern, advice).
_LOGIN_ADVICE = (
    (
        re.compile(r"535"),
        re.compile(r"5\.7\.139|SmtpClientAuthentication is disabled", re.I),
        "The Microsoft 365 administrator has turned off password log-in for SMTP. Use a relay or another account.",
    ),
    (
        re.compile(r"53[45]"),
        re.compile(r"gsmtp|google|application-specific", re.I),
        "Google wants an app password here: make one in the Google account (2-step verification must be on).",
    ),
    (re.compile(r"535"), re.compile(r""), "Check the user name and the password."),
)


def _login_refused(code: int, text: str, *, host: str) -> DeliveryError:
    if 400 <= code < 500:
        return _error(f"{host} cannot check the login at the moment ({code}). {_LATER}", code, text, server_wide=True)
    advice = next(
        (said for codes, words, said in _LOGIN_ADVICE if codes.match(str(code)) and words.search(text)),
        f"It said: {text}",
    )
    message = f"{host} refused the login ({code}). {advice}"
    return _error(message, code, text, permanent=True, server_wide=True, error_class="login")


def configuration(message: str, *, error_class: str = "mail") -> DeliveryError:
    """A fault of the account that no retry mends."""
    return DeliveryError(message, permanent=True, server_wide=True, error_class=error_class)


def without_retry(message: str) -> str:
    """What went wrong, said to somebody for whom nothing is tried again."""
    return message.removesuffix(_LATER).rstrip()


def lost(host: str, detail: str) -> DeliveryError:
    """The connection broke before anything was handed over: safe to try again."""
    return DeliveryError(
        f"The connection to {host} broke ({one_line(detail)[:200]}). {_LATER}", permanent=False, server_wide=True
    )


def uncertain(host: str, detail: str) -> DeliveryError:
    """The mail was handed over whole, but no answer came: only the server knows."""
    return DeliveryError(
        f"{host} was given the whole mail, but the connection broke before it answered "
        f"({one_line(detail)[:200]}). It may or may not have been delivered.",
        permanent=False,
        uncertain=True,
        server_wide=True,
    )


def network(error: OSError, *, host: str, port: int, use_ssl: bool) -> DeliveryError:
    """The error for a connection that did not come about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        detail = error.verify_message or "it could not be checked"
        message = f"The certificate of {host} is not trusted: {detail}. Ask the server's administrator."
        return configuration(message, error_class="certificate")
    if isinstance(error, ssl.SSLError) and use_ssl:
        return configuration(
            f"{host}:{port} does not speak TLS from the first byte. Choose STARTTLS (usually port 587) or port 465."
        )
    if isinstance(error, ssl.SSLError):
        return configuration(f"No TLS connection to {host}:{port} could be made: {error.reason or 'protocol error'}.")
    if port == 465 and not use_ssl and isinstance(error, TimeoutError):
        return configuration(f"{host}:465 expects TLS from the first byte. Choose SSL/TLS, or STARTTLS on port 587.")
    return DeliveryError(f"{_unreachable(error, host=host, port=port)} {_LATER}", permanent=False, server_wide=True)


def _unreachable(error: OSError, *, host: str, port: int) -> str:
    if isinstance(error, socket.gaierror):
        return f"There is no server named {host}, or the name could not be looked up."
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses connections on port {port}. Check the port, and that the mail server runs."
    if isinstance(error, TimeoutError):
        hint = " Many providers block port 25: try 587 or 2525." if port == 25 else ""
        return f"{host}:{port} did not answer in time.{hint}"
    return f"{host}:{port} cannot be reached ({error.strerror or type(error).__name__})."


def _error(
    message: str,
    code: int,
    response: str,
    *,
    permanent: bool = False,
    server_wide: bool = False,
    error_class: str = "mail",
) -> DeliveryError:
    return DeliveryError(
        message,
        permanent=permanent,
        server_wide=server_wide,
        error_class=error_class,
        code=code,
        response=response,
    )
