"""Small things done to text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

LONGEST_FILE_NAME = 80
_LONGEST_EXTENSION = 10
# File systems count bytes: 255 of them, with room for what a browser adds to a second download.
_MOST_BYTES = 230
_WINDOWS_DEVICES = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def slug(text: str, *, fallback: str = "report") -> str:
    """ASCII words joined by hyphens, at most 60 characters."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")[:60].strip("-") or fallback


def safe_file_name(name: str, *, fallback: str = "report", longest: int = LONGEST_FILE_NAME) -> str:
    """A name that every file system and mail client takes: no paths, no control or bidi characters, not too long."""
    name = unicodedata.normalize("NFC", name)
    name = "".join(ch for ch in name if unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    name = re.sub(r'[\\/:*?"<>|]+', "_", name).strip(". ")
    if name.split(".")[0].strip().lower() in _WINDOWS_DEVICES:
        name = f"_{name}"
    stem, dot, extension = name.rpartition(".")
    # A dot far from the end begins no extension.
    if not stem or len(extension) > _LONGEST_EXTENSION:
        return _cut(name, longest, _MOST_BYTES) or fallback
    ending = dot + extension
    return _cut(stem, longest - len(ending), _MOST_BYTES - len(ending.encode())) + ending


def _cut(text: str, characters: int, size: int) -> str:
    """At most so many characters and bytes, without a letter cut in two, nor a dot or a blank at the end."""
    return text[:characters].encode()[:size].decode(errors="ignore").rstrip(". ")


def isolated(text: str) -> str:
    """Words written from right to left, kept together in a sentence of English; other text as it is."""
    if any(unicodedata.bidirectional(ch) in ("R", "AL") for ch in text):
        return f"\u2068{text}\u2069"
    return text


def join_words(words: Iterable[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def first_words(words: Sequence[str], *, most: int = 5) -> str:
    """Up to `most` of them, else all that leaves room for `and 3 more`."""
    kept = words if len(words) <= most else [*words[: most - 1], f"{len(words) - most + 1} more"]
    return join_words(kept)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` with a leading space, or nothing."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" Did you mean '{close[0]}'?" if close else ""


def human_size(size: int) -> str:
    """Bytes for people: `412 KB`, `1.4 MB`."""
    if size < 1000:
        return f"{size} bytes"
    value = float(size)
    for unit in ("KB", "MB", "GB"):
        value /= 1000
        if value < 1000:
            return f"{value:.1f} {unit}" if value < 10 and unit != "KB" else f"{value:.0f} {unit}"
    return f"{value / 1000:.1f} TB"


def shortened(text: str, *, most: int = 100) -> str:
    """At most so many characters, for messages that name what was sent."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def one_line(text: str) -> str:
    """Control characters and line ends become single spaces: safe in a header or a log line."""
    return " ".join("".join(" " if unicodedata.category(ch)[0] == "C" else ch for ch in text).split())


def fingerprint(*parts: object) -> int:
    """A version for what keeps no count of its own: 1 to 999,999,999, the same for the same parts."""
    digest = hashlib.sha256(repr(parts).encode()).digest()
    return 1 + int.from_bytes(digest[:8], "big") % 999_999_999


def plural(count: int, noun: str, nouns: str | None = None) -> str:
    """`1 row`, `1,200 rows`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"
