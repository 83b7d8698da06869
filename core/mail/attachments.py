"""The files of a mail: which go along, which go along zipped, which are too large and become links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from core.text import human_size, join_words, safe_file_name

# Most receiving servers take 20 MB; base64 makes 14 MiB of files into that.
BUDGET_BYTES: Final = 14 * 1024 * 1024
# What base64 with its line ends costs, and room for text and headers.
_BASE64_FACTOR: Final = 1.368
_ROOM_FOR_TEXT: Final = 400_000

LABELS: Final = {"excel": "Excel", "csv": "CSV", "pdf": "PDF", "html": "HTML"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file for people: its pretty name, where its bytes are, `size` in bytes, `format` as in the REST contract.

    `url` is where a file that stays here can be fetched; `unzipped` is the size of one that was zipped for the mail;
    `is_whole` tells that it holds every row of the queries.
    """

    name: str
    media_type: str
    content: Path | bytes
    size: int
    format: str = ""
    part: int = 1
    url: str = ""
    unzipped: int = 0
    is_whole: bool = True

    @property
    def extension(self) -> str:
        """What people know the file by: CSV for `report.csv.gz` too."""
        return self.name.removesuffix(".gz").rpartition(".")[2].upper()[:5]

    @property
    def label(self) -> str:
        return LABELS.get(self.format, self.extension)

    @property
    def is_plain_csv(self) -> bool:
        return self.media_type.partition(";")[0].strip().lower() == "text/csv"

    def read(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True, slots=True)
class FittedFiles:
    """`attached` go along; `linked` are too large and only named, with a link that is good until the time in words.

    `limit` is what the files of the mail may have together, in bytes.
    """

    attached: tuple[Attachment, ...] = ()
    linked: tuple[Attachment, ...] = ()
    limit: int = BUDGET_BYTES
    until: str = ""


# Zips a file into at most so many bytes, or gives None.
Zipper = Callable[[Attachment, int], Attachment | None]


def budget_for(max_size: int | None, *, most: int = BUDGET_BYTES, pictures: int = 0) -> int:
    """Bytes of files for a server that takes mails of at most `max_size` bytes (None: it names no limit).

    `most` is our own limit, `pictures` what the charts inside the mail have.
    """
    if max_size is None:
        return most
    return max(0, min(most, int((max_size - _ROOM_FOR_TEXT) / _BASE64_FACTOR) - pictures))


def fit(attachments: Sequence[Attachment], *, budget: int, zipper: Zipper | None = None) -> FittedFiles:
    """Everything as it is; else with CSV zipped; else without the largest, down to nothing. The order given stays."""
    if _total(attachments) <= budget:
        return FittedFiles(tuple(attachments), limit=budget)
    zipped = _with_zips(attachments, budget, zipper) if zipper else None
    return FittedFiles(zipped, limit=budget) if zipped else _without_largest(attachments, budget)


def _with_zips(attachments: Sequence[Attachment], budget: int, zipper: Zipper) -> tuple[Attachment, ...] | None:
    """The largest CSV first, and no more of them than it takes; None when that is not enough."""
    files = list(attachments)
    tables = sorted((file for file in files if file.is_plain_csv), key=lambda file: file.size, reverse=True)
    room = budget - _total(file for file in files if not file.is_plain_csv)
    for table in tables:
        small = zipper(table, room) if room > 0 else None
        if small is None:
            return None
        room -= small.size
        files[files.index(table)] = small
        if _total(files) <= budget:
            return tuple(files)
    return None


def _without_largest(attachments: Sequence[Attachment], budget: int) -> FittedFiles:
    dropped: set[int] = set()
    by_size = sorted(range(len(attachments)), key=lambda index: attachments[index].size, reverse=True)
    while _total(file for index, file in enumerate(attachments) if index not in dropped) > budget:
        dropped.add(by_size[len(dropped)])
    return FittedFiles(
        attached=tuple(file for index, file in enumerate(attachments) if index not in dropped),
        linked=tuple(attachments[index] for index in sorted(dropped)),
        limit=budget,
    )


def with_links(files: FittedFiles, link: Callable[[Attachment], str], *, until: str) -> FittedFiles:
    """Each file that stays here gets its address."""
    linked = tuple(replace(file, url=link(file)) for file in files.linked)
    return replace(files, linked=linked, until=until if linked else "")


def size_notices(files: FittedFiles) -> list[str]:
    """The sentences at the head of the mail: what is not attached as it is, why, and until when."""
    zipped = [file for file in files.attached if file.unzipped]
    return [
        *([_link_words(files.linked, files)] if files.linked else []),
        *([_zip_words(zipped, files)] if zipped else []),
    ]


def _link_words(linked: Sequence[Attachment], files: FittedFiles) -> str:
    limit = f" (together at most {human_size(files.limit)})" if files.limit else ""
    until = f" until {files.until}" if files.until else ""
    if len(linked) == 1:
        link = f"so it is a link here. It works{until} and needs no sign-in: pass it on with care"
        return f"{_named(linked)} is too large for e-mail{limit}, {link}."
    links = f"so they are links here. They work{until} and need no sign-in: pass them on with care"
    return f"{_named(linked)} are too large for e-mail{limit}, {links}."


def _zip_words(zipped: Sequence[Attachment], files: FittedFiles) -> str:
    verb = "is" if len(zipped) == 1 else "are"
    sizes = join_words(human_size(file.unzipped) for file in zipped)
    limit = f"all files together at most {human_size(files.limit)}"
    return f"{_named(zipped, sized=False)} {verb} attached zipped: {sizes} would be too large for e-mail ({limit})."


def _named(files: Sequence[Attachment], *, sized: bool = True) -> str:
    """`The Excel and CSV files (38 MB and 61 MB)`."""
    labels = join_words(dict.fromkeys(file.label for file in files))
    sizes = f" ({join_words(human_size(file.size) for file in files)})" if sized else ""
    return f"The {labels} {'file' if len(files) == 1 else 'files'}{sizes}"


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


def _total(files: Iterable[Attachment]) -> int:
    return sum(file.size for file in files)
