"""Injects faults into the running service and tells how long it was deaf.

    python -m tests.bench.faults [--kinds mic_silent,ears_frozen] [--times 20]

Each fault: seconds until it was noted, seconds until it was mended, and whether the wake phrase is
heard afterwards. Between two faults the budgets are reset, as an hour without faults would.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from appliance.cli import main as appliance
from appliance.demo.asker import spoken_question
from audio.files import write_wav
from audio.format import RATE_HZ
from tests.bench.faults.manager import Manager


class Fault(NamedTuple):
    """A fault: the command, which code tells that it was noticed, which that it is over."""

    command: str
    detected: str
    mended: str = "MENDED"
    relief: str = ""
    relief_after_s: float = 0.0
    deaf: bool = True


KINDS: dict[str, Fault] = {
    "mic_silent": Fault("mic silent", "MIC_SILENT"),
    "mic_stuck": Fault("mic stuck", "MIC_STUCK"),
    "mic_frozen": Fault("mic frozen", "MIC_GONE"),
    "mic_thread_dead": Fault("mic thread", "MIC_GONE"),
    "mic_ended": Fault("mic ended", "MIC_GONE"),
    "mic_pulled_4s": Fault("mic away", "MIC_GONE", relief="mic none", relief_after_s=4.0),
    "mic_wrong_rate": Fault("mic rate", "MIC_RATE"),
    "mic_clipped": Fault("mic clipped", "MIC_CLIPPED"),
    "speaker_blocked": Fault("speaker_block", "SPEAKER_BLOCKED", deaf=False),
    "ears_frozen": Fault("ears freeze", "EARS_FROZEN"),
    "ears_raised": Fault("ears raise", "EARS_FROZEN"),
    "ears_thread_dead": Fault("ears kill", "EARS_FROZEN"),
    "loop_blocked": Fault("loop 30", "ended", "READY"),
    "asr_killed": Fault("worker asr kill", "ASR_DEAD", deaf=False),
    "asr_stopped": Fault("worker asr stop", "ASR_DEAD", deaf=False),
    "mind_killed": Fault("worker mind kill", "MIND_DEAD", deaf=False),
    "mind_stopped": Fault("worker mind stop", "MIND_DEAD", deaf=False),
    "voice_killed": Fault("worker voice kill", "VOICE_DEAD", deaf=False),
    "voice_stopped": Fault("worker voice stop", "VOICE_DEAD", deaf=False),
    "disk_full": Fault("disk 1", "DISK_FULL", "DISK_FREE", "disk free", 1.0, deaf=False),
    "clock_day_ahead": Fault("wall 86400", "CLOCK_SET", "due", deaf=False),
    "clock_day_back": Fault("wall -86400", "CLOCK_SET", "due", deaf=False),
}


HEAD = """\
| fault | times | noticed s | worst | mended s | worst | deaf s, worst | hears | failed |
|---|---|---|---|---|---|---|---|---|"""


@dataclass
class Result:
    """Of one kind, seconds each."""

    detected: list[float] = field(default_factory=list)
    mended: list[float] = field(default_factory=list)
    heard: int = 0
    failed: int = 0


def _is(event: dict[str, Any], code: str) -> bool:
    return code in (event["event"], event.get("code")) or event.get("said") == f"{code}=1"


def _hears(manager: Manager) -> bool:
    """Whether the wake phrase is heard."""
    manager.tell("speak")
    try:
        manager.wait(lambda e: e.get("state") == "listening", 6)
        manager.wait(lambda e: e.get("state") == "idle", 30)
    except TimeoutError:
        return False
    return True


def _inject(manager: Manager, fault: Fault, result: Result) -> None:
    manager.tell("forgive")
    if fault.mended == "due":
        manager.tell("timer 5")
        manager.wait(lambda e: e["event"] == "done" and "timer" in e["command"], 5)
    began = manager.tell(fault.command)
    try:
        noted = manager.wait(lambda e: _is(e, fault.detected), 20)
        result.detected.append(noted["t"] - began)
        if fault.relief:
            time.sleep(max(0.0, began + fault.relief_after_s - time.monotonic()))
            manager.tell(fault.relief)
        over = manager.wait(lambda e: _is(e, fault.mended), 40)
        result.mended.append(over["t"] - began)
    except TimeoutError:
        result.failed += 1
        print("never over:", *manager.seen[-12:], sep="\n  ", file=sys.stderr, flush=True)
    result.heard += _hears(manager)


def _row(name: str, times: int, result: Result) -> str:
    def worst(values: list[float]) -> str:
        if not values:
            return "none | none"
        return f"{statistics.median(values):.1f} | {max(values):.1f}"

    deaf = max(result.mended, default=0.0) if KINDS[name].deaf else 0.0
    return (
        f"| {name} | {times} | {worst(result.detected)} | {worst(result.mended)} | "
        f"{deaf:.1f} | {result.heard} of {times} | {result.failed} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", default=",".join(KINDS), help="separated by commas")
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack, phrase = folder / "demo.pack", folder / "phrase.wav"
        manual = Path(__file__).parents[3] / "appliance" / "demo" / "manual"
        appliance(["knowledge", "build", str(manual), "-o", str(pack)])
        write_wav(phrase, spoken_question("hey jarvis", "What time is it?"), RATE_HZ)
        manager = Manager(folder, [str(pack), str(folder / "state"), str(phrase)])
        try:
            began = time.monotonic()
            manager.wait(lambda e: e.get("said") == "READY=1", 60)
            print(f"ready after {time.monotonic() - began:.1f} s; hears: {_hears(manager)}\n")
            print(HEAD)
            for kind in options.kinds.split(","):
                result = Result()
                for _ in range(options.times):
                    _inject(manager, KINDS[kind], result)
                print(_row(kind, options.times, result), flush=True)
        finally:
            manager.close()
            print((folder / "stderr.txt").read_text()[-3000:])


if __name__ == "__main__":
    main()
