"""The crash test at full size, on each database; tests/ledger/crash.py tells how it goes.

python benchmarks/crash_test.py [sqlite] [postgresql] [--slots 500] [--kills 50] [--zombies 10]
"""

from __future__ import annotations

import argparse

from installation import add_rows, database, installation, machine, say

from tests.ledger.crash import Outcome, crash

WORKERS = 6


def run(kind: str, *, slots: int, kills: int, zombies: int) -> Outcome:
    with database(kind) as url, installation(url) as inst:
        log = inst.folder / "workers.log"
        source = add_rows(inst.folder, 100)
        outcome = crash(
            inst.actor,
            source,
            slots=slots,
            reports=max(1, slots // 10),
            workers=WORKERS,
            kills=kills,
            zombies=zombies,
            log=log,
        )
        if outcome.faults:
            say("the end of the workers' log:", log.read_text()[-4000:])
        return outcome


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--slots", type=int, default=500)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--zombies", type=int, default=10)
    wanted = parser.parse_args()
    say(machine())
    for kind in wanted.kinds:
        outcome = run(kind, slots=wanted.slots, kills=wanted.kills, zombies=wanted.zombies)
        say("---", kind)
        for name, value in vars(outcome).items():
            say(name.replace("_", " "), round(value, 1) if isinstance(value, float) else value)
        say("faults", outcome.faults or "none")
    say(machine())


if __name__ == "__main__":
    main()
