"""Members compressed by ISA-L are ordinary ones: to whoever reads the archive from its end, and from its start."""

from __future__ import annotations

import io
import random
import struct
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from core.formats.fast_member import FastMember

_LOCAL = "<4s5H3I2H"


def _write(file: IO[bytes], members: dict[str, list[bytes | memoryview]]) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, pieces in members.items():
            member = FastMember(archive, file, name)
            for piece in pieces:
                member.write(piece)
            member.close()
            archive.writestr(f"{name}.after", b"plain " * 100)


MEMBERS: dict[str, list[bytes | memoryview]] = {
    "empty": [],
    "xml": [b"<row/>" * 10_000, memoryview(b"<c>Zo\xc3\xab</c>" * 10_000)],
    "noise": [random.Random(1).randbytes(100_000)],
}


def test_all_members_are_read_back_whole(tmp_path: Path) -> None:
    with (tmp_path / "a.zip").open("wb") as file:
        _write(file, MEMBERS)
    with ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [name for member in MEMBERS for name in (member, f"{member}.after")]
        for name, pieces in MEMBERS.items():
            assert archive.read(name) == b"".join(pieces)


def test_what_stands_before_a_member_says_the_same_as_the_list_of_contents() -> None:
    file = io.BytesIO()
    _write(file, MEMBERS)
    for info in ZipFile(file).infolist():
        file.seek(info.header_offset)
        header = struct.unpack(_LOCAL, file.read(struct.calcsize(_LOCAL)))
        signature, _version, flags, method, _time, _date, checksum, packed, size, name_length, extra = header
        assert (signature, flags, method, extra) == (b"PK\x03\x04", 0, ZIP_DEFLATED, 0)
        assert (checksum, packed, size) == (info.CRC, info.compress_size, info.file_size)
        assert file.read(name_length).decode() == info.filename


def test_it_compresses() -> None:
    file = io.BytesIO()
    _write(file, MEMBERS)
    assert ZipFile(file).getinfo("xml").compress_size < 5_000
