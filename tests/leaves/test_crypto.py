"""Secrets at rest, passwords, and what the log lets through."""

from __future__ import annotations

import logging
import re
from string import ascii_letters, digits

import pytest

from core import crypto
from core.crypto import KeyRing
from core.errors import SecretUnreadable
from core.logs import RedactingFormatter, redact


def test_what_was_sealed_opens_again_and_does_not_show_its_text():
    ring = KeyRing(["one"])
    token = ring.seal("p\u00e4ss")
    assert "p\u00e4ss" not in token
    assert ring.open(token) == "p\u00e4ss"


def test_a_new_key_in_front_still_opens_old_secrets():
    token = KeyRing(["old"]).seal("text")
    assert KeyRing(["new", "old"]).open(token) == "text"
    assert KeyRing(["new", "old"]).key_id == KeyRing(["new"]).key_id


def test_without_its_key_a_secret_is_unreadable_and_says_so():
    with pytest.raises(SecretUnreadable, match="Enter it again"):
        KeyRing(["other"]).open(KeyRing(["one"]).seal("text"))


def test_each_purpose_has_a_key_of_its_own():
    ring = KeyRing(["one"])
    assert ring.derive("jwt") != ring.derive("queue messages")
    assert ring.derive("jwt") == KeyRing(["one", "old"]).derive("jwt")


def test_passwords_are_kept_as_argon2id_with_a_salt_of_their_own():
    first, second = crypto.hash_password("same password"), crypto.hash_password("same password")
    assert first.startswith("$argon2id$")
    assert first != second
    assert crypto.verify_password("same password", first)
    assert not crypto.verify_password("other password", first)


@pytest.mark.parametrize(
    "line",
    [
        "postgresql://reader:hunter2@db/sales failed",
        "password=hunter2",
        "{'smtp_password': 'hunter2'}",
        "Authorization: hunter2",
    ],
)
def test_the_log_blots_secrets_out(line):
    assert "hunter2" not in redact(line)


def test_a_traceback_is_blotted_as_well():
    try:
        raise ValueError("could not connect to postgresql://reader:hunter2@db/sales")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), __import__("sys").exc_info())
    assert "hunter2" not in RedactingFormatter("%(message)s").format(record)


def test_a_signed_word_is_read_back_by_every_key_of_the_ring_and_for_its_purpose_alone():
    word = KeyRing(["old"]).sign("links", b"payload")
    assert re.fullmatch(r"[A-Za-z0-9_-]+", word)
    assert KeyRing(["new", "old"]).signed("links", word) == b"payload"
    assert KeyRing(["new"]).signed("links", word) is None
    assert KeyRing(["old"]).signed("stops", word) is None


def test_a_signed_word_is_good_in_one_spelling_only():
    ring = KeyRing(["key"])
    word = ring.sign("links", b"payload")
    others = [word[:-1], word + "A", word + "=", "", "\u00e4" * 40]
    for at, right in enumerate(word):
        others += [word[:at] + letter + word[at + 1 :] for letter in f"{ascii_letters}{digits}-_" if letter != right]
    assert [other for other in others if ring.signed("links", other) is not None] == []
