"""Who this process is, in a way that survives pid reuse and reboots, and whether such a process still lives."""

from __future__ import annotations

import os
import socket
from functools import cache

import psutil

_SEPARATOR = "|"


@cache
def _host() -> str:
    return f"{socket.gethostname()}{_SEPARATOR}{int(psutil.boot_time())}"


def identity(pid: int | None = None) -> str:
    """`host|boot|pid|start` of a process (this one by default)."""
    process = psutil.Process(pid or os.getpid())
    return _SEPARATOR.join((_host(), str(process.pid), f"{process.create_time():.2f}"))


def is_of_this_host(owner: str) -> bool:
    return owner.rpartition(_SEPARATOR)[0].rpartition(_SEPARATOR)[0] == _host()


def is_gone(owner: str) -> bool:
    """True when `owner` was a process of this host that has ended; another host's is never called gone."""
    if owner.split(_SEPARATOR)[0] != _host().split(_SEPARATOR)[0]:
        return False
    if not is_of_this_host(owner):
        return True  # the same host before a reboot
    pid = int(owner.rpartition(_SEPARATOR)[0].rpartition(_SEPARATOR)[2])
    try:
        return identity(pid) != owner or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def resident_bytes(pid: int) -> int:
    """The resident size of a process and its children; 0 when it has ended."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return sum(member.memory_info().rss for member in family)
    except psutil.NoSuchProcess:
        return 0
