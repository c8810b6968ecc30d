"""Power cuts: lives are killed at random instants, their last write is torn, all is read again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event

from appliance.history.reader import HistoryReader
from appliance.history.record import Kind, Record
from appliance.history.segments import newest_first, segments

MOST_RECORDS = 6
"""A life ends at a random instant after at most so many records."""
LAST_MOMENTS_S = 0.03
HURTS = ("none", "cut", "zeros", "rubbish", "bits", "torn")
HARMLESS = ("none", "rubbish", "torn")
"""Where the kill has cost the last record already, what is left of its write may lie there."""


@dataclass
class Report:
    """What came of it; `lost`: how many records a cut cost, for each cut."""

    cuts: int = 0
    noted: int = 0
    lost: list[int] = field(default_factory=list)
    hurts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)


def cut_power(folder: Path, cuts: int, seed: int = 1, life: str = "steady") -> Report:
    """So many lives and deaths in one folder."""
    random, report, first = Random(seed), Report(), 1
    command = [sys.executable, "-m", "tests.appliance.history.victim", str(folder), life]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as nursery:
        for _ in range(cuts):
            noted = _one_life(nursery, first, random)
            _judge(folder, first, noted, random, report, most=1 if life == "steady" else 10**6)
            first = max(noted, first) + 1
    return report


def _one_life(nursery: subprocess.Popen[str], first: int, random: Random) -> int:
    """The number of the last record that it noted, `first - 1` if none."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(f"{first}\n")
    nursery.stdin.flush()
    pid = int(nursery.stdout.readline().removeprefix("pid "))
    noted = first - 1
    for _ in range(random.randint(0, MOST_RECORDS)):
        noted = int(nursery.stdout.readline())
    Event().wait(random.uniform(0, LAST_MOMENTS_S))
    os.kill(pid, signal.SIGKILL)
    while (line := nursery.stdout.readline().strip()) != "dead":
        noted = int(line or noted)
    return noted


def _judge(folder: Path, first: int, noted: int, random: Random, report: Report, most: int) -> None:
    """Only the last `most` records are lost, be it by the kill or by the torn write."""
    report.cuts += 1
    report.noted += noted - first + 1
    hurt = random.choice(HURTS if noted in _numbers(folder) else HARMLESS)
    _hurt(folder, hurt, random)
    report.hurts[hurt] = report.hurts.get(hurt, 0) + 1
    kept = _numbers(folder)
    lost = [n for n in range(first, noted + 1) if n not in kept]
    report.lost.append(len(lost))
    if len(lost) > most or lost != list(range(noted + 1 - len(lost), noted + 1)):
        report.violations.append(f"cut {report.cuts} ({hurt}): of {first} to {noted} lost {lost}")
    seqs = [record.seq for record in newest_first(folder)]
    if seqs != sorted(set(seqs), reverse=True):
        report.violations.append(f"cut {report.cuts} ({hurt}): out of order")
    total = sum(path.stat().st_size for _, path in segments(folder))
    if total > 64 * 1024:
        report.violations.append(f"cut {report.cuts}: {total} bytes")


def _numbers(folder: Path) -> set[int]:
    reader = HistoryReader(folder)
    return {_number(r) for r in (*reader.turns(10**6), *reader.events(10**6))}


def _number(record: Record) -> int:
    number = record.figures.get("turn" if record.kind is Kind.TURN else "number", 0)
    return int(number)


def _hurt(folder: Path, how: str, random: Random) -> None:
    """What may become of the last write: it is torn, zeros or rubbish lie there, bits are wrong."""
    if not segments(folder):
        return  # it died before it had a file
    path = segments(folder)[-1][1]
    data = bytearray(path.read_bytes())
    lines = [b"", *bytes(data).split(b"\n")]
    last = min(len(data), len(lines[-1]) or len(lines[-2]) + 1)
    part = random.randint(1, last) if last else 0
    match how:
        case "cut":
            del data[len(data) - part :]
        case "zeros":
            data[len(data) - part :] = bytes(part)
        case "rubbish":
            data += random.randbytes(part)
        case "torn":
            data += lines[-2][:part]
        case "bits" if data:
            data[-random.randint(1, max(1, last - 1)) - 1] ^= 1 << random.randrange(8)
    path.write_bytes(data)
