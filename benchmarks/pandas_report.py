"""The usual way, in a process of its own: `python pandas_report.py URL SQL csv|excel FILE`; prints what it took."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path


def main(url: str, query: str, key: str, target: str) -> None:
    began = time.perf_counter()
    import pandas
    from sqlalchemy import create_engine

    frame = pandas.read_sql(query, create_engine(url))
    if key == "csv":
        frame.to_csv(target, index=False)
    else:
        frame.to_excel(target, index=False, engine="xlsxwriter")
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    found = {
        "peak_mib": int(peak.split()[1]) / 1024,
        "cpu_s": used.ru_utime + used.ru_stime,
        "wall_s": time.perf_counter() - began,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
