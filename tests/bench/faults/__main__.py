"""Injects faults into the running service and tells how long it was deaf.

    python -m tests.bench.faults [--kinds mic_silent,ears_frozen|new|all] [--times 20] [--out FILE]

Each fault: seconds until it was noted; until it was mended, or the service did without as designed;
whether the wake phrase is heard afterwards; whether a timer or a record was lost. Between two
faults the budgets are reset, as an hour without faults would. It runs in a mount namespace of its
own, for which it starts itself anew with `unshare`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from appliance.cli import main as appliance
from appliance.demo.asker import spoken_question
from appliance.history.segments import FOLDER, newest_first
from audio.files import write_wav
from audio.format import RATE_HZ
from tests.bench.faults.kinds import FIRST, KINDS, Fault
from tests.bench.faults.manager import Manager
from tests.bench.faults.outside import DISK_MB, Outside, mount, unmount
from tests.bench.faults.table import Result, whole

NOTICED_S, OVER_S = 20.0, 90.0
"""What takes longer counts as never."""
SPEAKS_S, ANSWERED_S = 6.0, 30.0


class Trial:
    """One service, and everything that is done to it."""

    def __init__(self, folder: Path, manager: Manager) -> None:
        self._folder, self._manager = folder, manager
        self._outside = Outside(folder, manager)

    def hears(self) -> bool:
        """Whether the wake phrase is heard."""
        self._manager.tell("speak")
        return self._woke()

    def _woke(self) -> bool:
        try:
            self._manager.wait(lambda e: e.get("state") == "listening", SPEAKS_S)
            self._manager.wait(lambda e: e.get("state") == "idle", ANSWERED_S)
        except TimeoutError:
            return False
        return True

    def inject(self, fault: Fault, result: Result) -> None:
        """Once, and wait until it is over."""
        self._prepare(fault)
        began_s = relieved_s = time.monotonic()
        try:
            self._do(fault.command)
            if fault.starts:
                began_s = self._until("BEGUN", OVER_S)["t"]
            if fault.detected:
                result.detected.append(self._until(fault.detected, NOTICED_S)["t"] - began_s)
            if fault.degraded:
                result.mended.append(self._until(fault.degraded, OVER_S)["t"] - began_s)
            if fault.listens:
                result.asked += 1
                result.heard += self.hears()
            if fault.relief:
                time.sleep(max(0.0, began_s + fault.relief_after_s - time.monotonic()))
                self._do(fault.relief)
                relieved_s = time.monotonic()
            if fault.probe:
                began_s = time.monotonic() if fault.listens else began_s
                self._do(fault.probe)
            over_s = self._over(fault)
            if not fault.degraded:
                result.mended.append(over_s - began_s)
            if fault.deaf:
                result.deaf.append(over_s - relieved_s)
        except TimeoutError:
            result.stuck += 1
            print("never over:", *self._manager.seen[-15:], sep="\n  ", file=sys.stderr, flush=True)
        result.asked += 1
        result.heard += self.hears()
        result.lost += self._lost(fault)

    def _prepare(self, fault: Fault) -> None:
        self._manager.drain()
        self._manager.tell("forgive")
        self._manager.tell("keep")
        if fault.mended == "due":
            self._manager.tell("timer 5")
            self._manager.wait(lambda e: e["event"] == "done" and "timer" in e["command"], 5)

    def _over(self, fault: Fault) -> float:
        if fault.mended == "HEARS":
            woke = self._manager.wait(lambda e: e.get("state") == "listening", SPEAKS_S)
            self._manager.wait(_idle, ANSWERED_S)
            return float(woke["t"])
        return float(self._until(fault.mended, OVER_S)["t"])

    def _do(self, command: str) -> None:
        if command.startswith("!"):
            self._outside.do(command[1:])
        else:
            self._manager.tell(command)

    def _until(self, code: str, within_s: float) -> dict[str, Any]:
        return self._manager.wait(_is(code), within_s)

    def _lost(self, fault: Fault) -> int:
        """Timers that are gone, and gaps in the history's numbers."""
        self._manager.tell("count")
        try:
            kept = self._manager.wait(lambda e: e["event"] == "kept", ANSWERED_S)
        except TimeoutError:
            return 1
        gone = 0 if kept["timers"] else 1
        if "history" in fault.command:
            return gone
        numbers = sorted({record.seq for record in newest_first(self._folder / "state" / FOLDER)})
        since = [n for n in numbers if n > self._spoilt]
        return gone + (since[-1] - since[0] + 1 - len(since) if since else 0)

    _spoilt = 0

    def spoilt(self) -> None:
        """What was written until now does not count any more."""
        records = newest_first(self._folder / "state" / FOLDER)
        self._spoilt = max((record.seq for record in records), default=0)


def _idle(event: dict[str, Any]) -> bool:
    return event.get("state") == "idle"


def _is(code: str) -> Callable[[dict[str, Any]], bool]:
    def found(event: dict[str, Any]) -> bool:
        return code in (event["event"], event.get("code")) or event.get("said") == f"{code}=1"

    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", default="all", help="separated by commas; `new`, `all`")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path, help="gets the table, as Markdown")
    options = parser.parse_args()
    if "FAULTS_APART" not in os.environ:
        os.environ["FAULTS_APART"] = "1"
        again = [sys.executable, "-m", "tests.bench.faults", *sys.argv[1:]]
        os.execvp("unshare", ["unshare", "-Urm", "--", *again])
    new = ",".join(kind for kind in KINDS if kind not in FIRST)
    kinds = {"all": ",".join(KINDS), "new": new}.get(options.kinds, options.kinds).split(",")
    with tempfile.TemporaryDirectory() as name:
        _run(Path(name), kinds, options.times, options.out)


def _run(folder: Path, kinds: list[str], times: int, out: Path | None) -> None:
    pack, phrase, state = folder / "demo.pack", folder / "phrase.wav", folder / "state"
    manual = Path(__file__).parents[3] / "appliance" / "demo" / "manual"
    appliance(["knowledge", "build", str(manual), "-o", str(pack)])
    write_wav(phrase, spoken_question("hey jarvis", "What time is it?"), RATE_HZ)
    state.mkdir()
    mount("-t", "tmpfs", "-o", f"size={DISK_MB}m", "none", str(state))
    manager = Manager(folder, [str(pack), str(state), str(phrase)])
    results: dict[str, Result] = {}
    loads: list[float] = []
    try:
        manager.wait(_is("READY"), 120)
        trial = Trial(folder, manager)
        print(f"ready after {manager.starts_s[0]:.1f} s; hears: {trial.hears()}", flush=True)
        for kind in kinds:
            result = results[kind] = Result()
            for _ in range(times):
                trial.inject(KINDS[kind], result)
            trial.spoilt()
            loads.append(os.getloadavg()[0])
            print(result.row(kind, times), flush=True)
            if out:
                out.write_text(whole(results, times, manager.starts_s, loads))
    finally:
        manager.close()
        unmount(state)
        print((folder / "stderr.txt").read_text()[-3000:])


if __name__ == "__main__":
    main()
