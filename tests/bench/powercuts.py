"""200 power cuts, and what a record costs the disk: `python -m tests.bench.powercuts [CUTS]`.

A cut is a SIGKILL at a random instant of a process that writes history as the service does, after
which the last write is torn, zeroed, flipped or followed by rubbish. What a kernel does to a file
system when the power goes is not in it: that needs a board.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections import Counter
from pathlib import Path

from appliance import clock
from appliance.history.scribe import Scribe
from tests.appliance.history.cuts import cut_power

TURNS = 300
TIMINGS = {"endpoint": 480.0, "asr": 120.5, "retrieve": 3.1, "first_token": 12.0}


def main() -> None:
    cuts = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for seed, life in enumerate(("steady", "steady", "storm")):
        with tempfile.TemporaryDirectory() as folder:
            began_s = clock.wall_s()
            report = cut_power(Path(folder), cuts, seed, life)
            took_s = clock.wall_s() - began_s
        print(
            f"{life}: {report.cuts} cuts in {took_s:.1f} s, {report.noted} records noted; "
            f"lost per cut: {dict(Counter(report.lost))}; ends: {report.hurts}; "
            f"violations: {report.violations or 'none'}"
        )
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder))


def _compare(folder: Path) -> None:
    """Bytes that the kernel wrote to storage for each turn that is durable."""
    for name, write in (("segments", _by_segments), ("SQLite, WAL", _by_sqlite)):
        (folder / name).mkdir()
        before, began_s = _written(), clock.wall_s()
        write(folder / name)
        each_ms = (clock.wall_s() - began_s) / TURNS * 1000
        print(f"{name:12} {(_written() - before) / TURNS:7.0f} bytes, {each_ms:.2f} ms a turn")


def _written() -> int:
    """Of this process, as /proc counts pages that it made the kernel write."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["write_bytes"])


def _by_segments(folder: Path) -> None:
    scribe = Scribe(folder, 4 << 20, words=False)
    scribe.start(clock.moment())
    for n in range(TURNS):
        now = clock.Moment("bench", n * 5000, None)
        scribe.count({"turns": 1}, now)
        scribe.turn("OK", {"turn": n, "timings_ms": TIMINGS}, {}, now)
        scribe.step(now)
    scribe.close(clock.Moment("bench", TURNS * 5000, None))


def _by_sqlite(folder: Path) -> None:
    database = sqlite3.connect(folder / "history.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY, kind, code, figures)")
    database.execute("CREATE TABLE counter (name TEXT PRIMARY KEY, n)")
    for n in range(TURNS):
        database.execute("BEGIN")
        figures = str({"turn": n, "timings_ms": TIMINGS})
        database.execute("INSERT INTO record VALUES (?, 'turn', 'OK', ?)", (n, figures))
        database.execute("INSERT OR REPLACE INTO counter VALUES ('turns', ?)", (n,))
        database.execute("COMMIT")
    database.close()


if __name__ == "__main__":
    main()
