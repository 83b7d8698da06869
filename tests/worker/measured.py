"""The cold child of an execution that says how large it grew: `python -m tests.worker.measured EXECUTION FENCE FILE`.

The kernel's own peak of a finished child (`ru_maxrss`) also counts the process that started it, so the child asks
for itself.
"""

from __future__ import annotations

import json
import resource
import runpy
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from core.settings import ROOT

MIB = 1024.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Peak resident size in MiB, processor and wall time in seconds."""

    peak_mib: float
    cpu_s: float
    wall_s: float


def run_measured(execution_id: uuid.UUID, fence: int, *, folder: Path) -> Measured:
    """Run a claimed execution in a fresh interpreter, as the web process does, and wait for its end."""
    report = folder / f"{execution_id}.json"
    command = [sys.executable, "-m", __name__, str(execution_id), str(fence), str(report)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:
        # Its input stays open: the end of it would mean that we have died.
        code = process.wait(600)
    assert code == 0, f"the child ended with {code}"
    return Measured(**json.loads(report.read_text()))


def _peak_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / MIB
    raise RuntimeError("the kernel tells no peak")


def _main(execution_id: str, fence: str, report: str) -> None:
    began = time.perf_counter()
    sys.argv = ["runner_child", execution_id, fence]
    runpy.run_module("core.services.runner_child", run_name="__main__")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in used)
    found = {"peak_mib": _peak_mib(), "cpu_s": cpu, "wall_s": time.perf_counter() - began}
    Path(report).write_text(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:])
