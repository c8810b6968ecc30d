"""Lives that end at any instant: `python -m tests.appliance.history.victim FOLDER steady|storm`.

For each line on standard input a child is forked that writes history as the service does, and says
after each record how many it has noted. Whoever started this kills it. In a steady life things
happen one after the other, the next one when the last one is written; in a storm every 2 ms, more
often than a disk can be waited for.
"""

from __future__ import annotations

import os
import sys
from itertools import islice
from pathlib import Path
from threading import Event

from appliance.history.chronicler import Chronicler
from appliance.history.segments import newest_first
from appliance.reasons import Outcome
from appliance.record import Turn

PACE_S = 0.002
SIZE = 64 * 1024


def main() -> None:
    folder, is_steady = Path(sys.argv[1]), sys.argv[2] == "steady"
    for line in sys.stdin:
        number = int(line)
        child = os.fork()
        if child == 0:
            live(folder, number, is_steady=is_steady)
        os.waitpid(child, 0)
        print("dead", flush=True)


def live(folder: Path, number: int, *, is_steady: bool) -> None:
    """Note record after record, from `number` on, for ever."""
    os.write(1, f"pid {os.getpid()}\n".encode())
    chronicler = Chronicler(folder, SIZE)
    chronicler.start()
    waiting = Event()
    while True:
        if number % 2:
            chronicler.note("MIC_GONE", {"label": f"n{number}", "number": number})
        else:
            chronicler.count("turns")
            chronicler.turn(_turn(number))
        os.write(1, f"{number}\n".encode())
        waiting.wait(PACE_S)
        while is_steady and not _is_written(folder, number):
            waiting.wait(PACE_S)
        number += 1


def _is_written(folder: Path, number: int) -> bool:
    records = islice(newest_first(folder), 5)
    return any(number in (r.figures.get("turn"), r.figures.get("number")) for r in records)


def _turn(number: int) -> Turn:
    turn = Turn(number, 0.0, reason="OK", outcome=Outcome.ANSWERED)
    turn.timings_ms = {"endpoint": 480.0, "asr": 120.5, "retrieve": 3.1, "first_audio": 640.2}
    return turn


if __name__ == "__main__":
    main()
