"""Can words be read out of the picture of a recording that a bundle carries (docs/console.md)?

    python -m tests.bench.portraits ../shared/speech

Spoken digits, each guessed from its picture alone: the digit of the nearest picture of the other
speakers, where nearness lets one be spoken faster than the other (dynamic time warping). Each
begins at some moment of the first half second, and ends half a second before the picture. By chance
one in ten is right. Whoever has more examples and better tools reads more than this finds.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from appliance.bundle.sound import LEVELS_A_SECOND, LOOKS_A_SECOND, pictured, portrait
from appliance.cli.progress import progress_bar
from audio.format import RATE_HZ, Samples

PAUSE_S = 0.5
Picture = NDArray[np.float32]
"""Columns, and what each holds."""


class Digit(NamedTuple):
    """One of the recordings."""

    speaker: str
    said: str
    samples: Samples


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("speech", type=Path)
    digits = _digits(parser.parse_args().speech)
    print(f"{len(digits)} digits; right by the nearest of other speakers:")
    for looks in (LOOKS_A_SECOND, 2, 5, 10, 20, 50):
        name = f"{looks} looks a second" + (" (as it is)" if looks == LOOKS_A_SECOND else "")
        print(f"  {name:32}{_right(digits, partial(_picture, looks)):6.1%}")
    print(f"  {f'the level, {LEVELS_A_SECOND} a second':32}{_right(digits, _level):6.1%}")


def _picture(looks: int, samples: Samples) -> Picture:
    return pictured(samples, looks).T.astype(np.float32)


def _level(samples: Samples) -> Picture:
    return np.asarray(portrait(samples)["level_db"], np.float32)[:, None]


def _digits(speech: Path) -> list[Digit]:
    moment = random.Random(0)
    with (speech / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == "digit"]
    return [
        Digit(
            row["speaker"],
            row["transcript"],
            _within(_read(speech / row["path"]), moment.uniform(0, PAUSE_S)),
        )
        for row in rows
    ]


def _within(samples: Samples, before_s: float) -> Samples:
    pause = np.zeros(round(PAUSE_S * RATE_HZ), np.int16)
    return np.concatenate([pause[: round(before_s * RATE_HZ)], samples, pause])


def _read(path: Path) -> Samples:
    samples, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == RATE_HZ, path
    return np.asarray(samples, np.int16)


def _right(digits: Sequence[Digit], picture: Callable[[Samples], Picture]) -> float:
    """Share of the digits whose nearest picture of another speaker is of the same digit."""
    drawn = [picture(digit.samples) for digit in digits]
    hits = 0
    with progress_bar() as report:
        for number, (digit, own) in enumerate(zip(digits, drawn, strict=True)):
            report("digits", number / len(digits))
            others = [i for i, other in enumerate(digits) if other.speaker != digit.speaker]
            nearest = min(others, key=lambda i: _distance(own, drawn[i]))
            hits += digits[nearest].said == digit.said
    return hits / len(digits)


def _distance(one: Picture, other: Picture) -> float:
    """Of two pictures [columns, rows], by the best way through both, for each step of it."""
    apart = np.linalg.norm(one[:, None] - other[None], axis=2)
    best = np.full((len(one) + 1, len(other) + 1), np.inf)
    best[0, 0] = 0
    for i, row in enumerate(apart):
        for j, step in enumerate(row):
            best[i + 1, j + 1] = step + min(best[i, j], best[i, j + 1], best[i + 1, j])
    return float(best[-1, -1]) / (len(one) + len(other))


if __name__ == "__main__":
    main()
