"""Recordings for `appliance bench conversation`: golden questions, whole and with pauses in them.

    python -m tests.bench.pauses MANUAL OUT [COUNT]

Writes OUT/whole-*.wav and OUT/paused-*.wav (a pause of 0.3 to 0.7 s between two words, anywhere;
both halves are synthesised for themselves, so that the first one sounds finished), and OUT/m.pack.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import numpy as np

from appliance.cli import main as appliance
from appliance.demo.asker import _speak, _voice, spoken_question
from appliance.knowledge.golden import read_golden
from audio.files import write_wav
from audio.format import RATE_HZ


def main(manual: Path, out: Path, count: int) -> None:
    chance = random.Random(20261120)
    out.mkdir(parents=True, exist_ok=True)
    appliance(["knowledge", "build", str(manual / "docs"), "-o", str(out / "m.pack")])
    questions = [g.question for g in read_golden(manual / "golden.tsv") if g.sources]
    for number, question in enumerate(chance.sample(questions, min(count, len(questions)))):
        write_wav(out / f"whole-{number}.wav", spoken_question("hey jarvis", question), RATE_HZ)
        words = question.split()
        at, pause_s = chance.randrange(2, len(words)), chance.uniform(0.3, 0.7)
        first = spoken_question("hey jarvis", " ".join(words[:at]))[: -round(0.5 * RATE_HZ)]
        rest = _speak(_voice(), " ".join(words[at:]))
        silence = np.random.default_rng(number).normal(0, 20, round(pause_s * RATE_HZ))
        parts = (first, silence.astype(np.int16), rest, np.zeros(RATE_HZ // 2, np.int16))
        write_wav(out / f"paused-{number}.wav", np.concatenate(parts), RATE_HZ)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 30)
