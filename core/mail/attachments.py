"""The files of a mail, and which of them are too large to go along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from core.text import human_size, safe_file_name

# Most receiving servers take 20 MB; base64 makes 14 MB of files into 19.2 MB.
BUDGET_BYTES = 14_000_000
# What base64 with its line ends costs, and room for text, pictures and headers.
_BASE64_FACTOR = 1.37
_ROOM_FOR_TEXT = 400_000

LABELS = {"excel": "Excel", "csv": "CSV", "pdf": "PDF", "html": "HTML"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file for people: its pretty name, where its bytes are, `size` in bytes, `format` as in the REST contract."""

    name: str
    media_type: str
    content: Path | bytes
    size: int
    format: str = ""

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2].upper()[:5]

    @property
    def label(self) -> str:
        return LABELS.get(self.format, self.extension)

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True, slots=True)
class FittedFiles:
    """`attached` go along with the mail; `linked` are too large and only named with a link."""

    attached: tuple[Attachment, ...]
    linked: tuple[Attachment, ...]


def budget_for(max_size: int | None) -> int:
    """Bytes of files for a server that takes mails of at most `max_size` bytes (None: it names no limit)."""
    if max_size is None:
        return BUDGET_BYTES
    return max(0, min(BUDGET_BYTES, int((max_size - _ROOM_FOR_TEXT) / _BASE64_FACTOR)))


def fit(attachments: Sequence[Attachment], *, budget: int) -> FittedFiles:
    """Leave out the largest files until the rest fits; both lists keep the order given."""
    dropped: set[int] = set()
    by_size = sorted(range(len(attachments)), key=lambda index: attachments[index].size, reverse=True)
    while sum(file.size for index, file in enumerate(attachments) if index not in dropped) > budget:
        dropped.add(by_size[len(dropped)])
    return FittedFiles(
        attached=tuple(file for index, file in enumerate(attachments) if index not in dropped),
        linked=tuple(attachments[index] for index in sorted(dropped)),
    )


def too_large_notice(file: Attachment) -> str:
    """The sentence above the mail; the link follows it."""
    return f"The {file.label} file ({human_size(file.size)}) is too large for mail: open it at"


def attach(message: EmailMessage, attachments: Sequence[Attachment]) -> None:
    """Add the files; always last, or the body would become a file itself."""
    language = message["Content-Language"]
    # The first file makes the message multipart, and its content headers would become the body's.
    del message["Content-Language"]
    for file in attachments:
        media_type, _, parameters = file.media_type.partition(";")
        maintype, _, subtype = media_type.strip().partition("/")
        charset = {"charset": "utf-8"} if "utf-8" in parameters.lower() else None
        message.add_attachment(
            file.read(), maintype=maintype, subtype=subtype, filename=safe_file_name(file.name), params=charset
        )
    if language:
        message["Content-Language"] = str(language)
