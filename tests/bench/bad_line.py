"""The console over a line that changes and loses bytes, with kernel messages in between.

    python -m tests.bench.bad_line [--seeds 50] [--rb-seeds 5]

Framed commands and the bundle over a simulated line of 115,200 baud (as fast as the machine is),
then YMODEM to `rb` of lrzsz over a pty, in real time.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from appliance import clock
from appliance.console.errors import ConsoleError
from appliance.console.fakes import FakeDevice
from appliance.console.fetch import fetch, offered
from tests.appliance.console.support import Noise, play
from tests.appliance.console.test_bundle import PARCEL, received_by_rb, unlock, unlocked
from tests.appliance.console.test_programs import _wrongly_done

LINES = ((0.01, 0.0), (0.01, 0.001), (0.02, 0.0))
"""Share of bytes that are wrong or lost, and of bytes before which the kernel writes a line."""
RB_LINES = ((0.0, 0.0), (0.0005, 0.0003), (0.002, 0.0005))
RB_BYTES = 6000


def commands(seed: int, share: float, kernel: float) -> str:
    """30 commands; raises AssertionError where one was carried out that should not be."""
    try:
        answered, refused, client = play(lambda: _wrongly_done(seed, share, kernel))
    except ConsoleError as error:
        return f"given up: {error.code}"
    return f"{answered} answered, {refused} refused" if client.retries else "no noise"


def bundle(seed: int, share: float, kernel: float) -> str:
    """PARCEL through the client."""
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "b"

        async def act() -> None:
            client = await unlocked(FakeDevice(parcel=PARCEL), share, seed, kernel)
            again = partial(unlock, client)
            await fetch(client, await offered(client), into, lambda *_: None, again)

        try:
            play(act)
        except ConsoleError as error:
            return f"given up: {error.code}"
        return "whole" if into.read_bytes() == PARCEL else "DAMAGED"


def ymodem(seed: int, share: float, kernel: float) -> str:
    """RB_BYTES of PARCEL to rb."""
    with tempfile.TemporaryDirectory() as folder:
        noise = Noise(seed, share, kernel)
        try:
            shown = received_by_rb(Path(folder), PARCEL[:RB_BYTES], noise)
        except TimeoutError:
            shown = "not over after a minute"
        file = Path(folder) / "b.tar.gz"
        there = file.read_bytes() if file.exists() else b""
    if there == PARCEL[:RB_BYTES]:
        return "whole"
    told = "CON-TRANSFER" in shown or "minute" in shown
    return "given up" if told else "DAMAGED"


def table(what: str, run: Callable[[int, float, float], str], seeds: int, lines: object) -> None:
    """One row for each kind of line: how often it came out how."""
    for share, kernel in lines:  # type: ignore[attr-defined]
        began_s, found = clock.wall_s(), dict[str, int]()
        for seed in range(seeds):
            try:
                outcome = run(seed, share, kernel)
            except AssertionError as error:
                outcome = f"WRONG: {str(error)[:60]}"
            found[outcome] = found.get(outcome, 0) + 1
        took_s = clock.wall_s() - began_s
        row = f"| {what} | {share:.2%} | {kernel:.2%} | {seeds} | {found} | {took_s:.0f} s |"
        print(row, flush=True)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--rb-seeds", type=int, default=5)
    arguments = parser.parse_args()
    table("30 commands", commands, arguments.seeds, LINES)
    table("bundle of 30 kB", bundle, arguments.seeds, LINES)
    if shutil.which("rb"):
        table("YMODEM of 6 kB", ymodem, arguments.rb_seeds, RB_LINES)


if __name__ == "__main__":
    main()
