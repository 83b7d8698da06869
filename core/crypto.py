"""Secrets: sealing values at rest, hashing passwords, tokens nobody can guess."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from typing import Final

from cryptography.exceptions import InvalidKey
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from core.errors import SecretUnreadable

# OWASP's smallest recommended setting: 19 MiB, two passes, one lane (about 25 ms).
_PASSES: Final = 2
_MEMORY_KIB: Final = 19 * 1024
# 128 bits are enough for what nobody can try out offline.
_SIGNATURE_BYTES: Final = 16


class KeyRing:
    """Fernet keys derived from the secrets of `ROOSTER_SECRET_KEY`, newest first."""

    def __init__(self, secrets_newest_first: list[str]) -> None:
        assert secrets_newest_first, "a key ring needs a key"
        self._roots = [secret.encode() for secret in secrets_newest_first]
        self._fernet = MultiFernet([Fernet(_fernet_key(root)) for root in self._roots])

    @property
    def key_id(self) -> str:
        """Names the newest key without giving it away; stored beside each token."""
        return hashlib.sha256(b"rooster key id" + self._roots[0]).hexdigest()[:12]

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, token: str) -> str:
        """The sealed text; raises SecretUnreadable when no key of the ring fits."""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable(
                "A stored secret cannot be read with the present ROOSTER_SECRET_KEY. Enter it again."
            ) from error

    def derive(self, purpose: str) -> str:
        """A key for another use (queue messages, JWT, cookies), different for each purpose."""
        return hmac.new(self._roots[0], purpose.encode(), hashlib.sha256).hexdigest()

    def sign(self, purpose: str, payload: bytes) -> str:
        """The payload and a signature as one word that fits into an address; everybody can read it, nobody make it."""
        return _as_word(payload + _signature(self._roots[0], purpose, payload))

    def signed(self, purpose: str, word: str) -> bytes | None:
        """The payload of a word that any key of the ring signed for this purpose; None for every other text."""
        try:
            raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        payload, given = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
        good = any(hmac.compare_digest(given, _signature(root, purpose, payload)) for root in self._roots)
        # The last letter of a word has bits to spare: only one spelling counts.
        return payload if good and _as_word(raw) == word else None


def _signature(root: bytes, purpose: str, payload: bytes) -> bytes:
    key = hmac.digest(root, b"rooster signs " + purpose.encode(), "sha256")
    return hmac.digest(key, payload, "sha256")[:_SIGNATURE_BYTES]


def _as_word(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _fernet_key(root: bytes) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(b"rooster at rest" + root).digest())


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is stored of a session or API token: it has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """The PHC string of Argon2id."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_PASSES, lanes=1, memory_cost=_MEMORY_KIB)
    return kdf.derive_phc_encoded(password.encode())


def verify_password(password: str, phc: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode(), phc)
    except InvalidKey:
        return False
    return True


def same(left: str, right: str) -> bool:
    """Compare secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
