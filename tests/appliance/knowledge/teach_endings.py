"""Teaches `appliance/knowledge/meaning/completeness.npz`; needs torch (not locked).

    python -m tests.appliance.knowledge.teach_endings OUT.npz [--minutes M] [ASS.json…]

From the questions of the manuals in `lessons/` and of SelQA (Apache-2.0,
https://github.com/emorynlp/selqa): each is whole, and its beginnings are not, unless they are
questions of their own. Some words are misheard: left out, put in, or others. The manuals in
`tests/golden` are what it is judged by, as it learns: how many whole questions are known where so
many of their beginnings are taken for whole ones.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appliance.knowledge.golden import read_golden
from appliance.knowledge.meaning.completeness import LONGEST
from appliance.knowledge.meaning.tokens import word_pieces
from appliance.knowledge.meaning.weights import encoder_weights
from tests.appliance.knowledge import teach

import torch  # isort: skip  # `teach` tells whoever has none
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).parent
RANK = 16
LEFT_AS_THEY_ARE = 3
"""The first layers: what they know of words is no question's alone."""
AT_ONCE, CUTS = 20, 2
"""Questions a step, and beginnings of each."""
MISHEARD = 0.5
"""So many are; in them, these shares of the words are others, lacking, or followed by another."""
OTHER, LACKING, FOLLOWED = 0.12, 0.03, 0.03
RATE, WARM_UP, WHOLE_COUNTS = 5e-4, 30, 2.5
SHARES = (0.02, 0.04, 0.06, 0.1)
EVERY = 50

Words = tuple[str, ...]


@dataclass
class Said:
    """What somebody has said, and whether it is all."""

    words: Sequence[str]
    whole: bool


def questions(files: Iterable[Path]) -> list[Words]:
    asked = [_words(golden.question) for file in files for golden in read_golden(file)]
    return [words for words in asked if 3 <= len(words) <= 20]


def of_selqa(file: Path) -> list[Words]:
    asked = [_words(one["question"]) for one in json.loads(file.read_text(encoding="utf-8"))]
    return [words for words in asked if 3 <= len(words) <= 20]


def _words(text: str) -> Words:
    return tuple(re.findall(r"[a-z0-9']+", text.lower()))


def misheard(words: Words, others: Sequence[str]) -> Words:
    if random.random() >= MISHEARD:
        return words
    heard: list[str] = []
    for word in words:
        fate = random.random()
        if fate < OTHER:
            heard.append(random.choice(others))
        elif fate >= OTHER + LACKING:
            heard.append(word)
            if fate < OTHER + LACKING + FOLLOWED:
                heard.append(random.choice(others))
    return tuple(heard) or words


def lessons(words: Words, wholes: set[Words], others: Sequence[str]) -> list[Said]:
    """A question and some of its beginnings; half the time the one that lacks a single word."""
    count = len(words)
    cuts = random.sample(range(1, count), min(CUTS, count - 1))
    if count - 1 not in cuts and random.random() < 0.5:
        cuts[0] = count - 1
    begun = [words[:cut] for cut in cuts if words[:cut] not in wholes]
    return [
        Said(misheard(words, others), whole=True),
        *(Said(misheard(beginning, others), whole=False) for beginning in begun),
    ]


def batch(said: Sequence[Said]) -> tuple[Tensor, Tensor, Tensor]:
    """Pieces, kinds (all 0) and which are real, all [texts, longest]."""
    marks = word_pieces()
    rows = [[marks.begin, *marks.pieces(" ".join(one.words))[-LONGEST:], marks.end] for one in said]
    longest = -(-max(map(len, rows)) // 8) * 8
    pieces, real = (np.zeros((len(rows), longest), np.int64) for _ in range(2))
    for number, row in enumerate(rows):
        pieces[number, : len(row)], real[number, : len(row)] = row, 1
    kinds = np.zeros_like(pieces)
    return torch.from_numpy(pieces), torch.from_numpy(kinds), torch.from_numpy(real).bool()


def judge(reader: teach.Reader, asked: Sequence[Words]) -> str:
    every = [Said(q[:cut], cut == len(q)) for q in asked for cut in range(2, len(q) + 1)]
    every.sort(key=lambda one: len(one.words))
    with torch.no_grad():
        parts = [reader(*batch(every[at : at + 128])) for at in range(0, len(every), 128)]
    logits, whole = torch.cat(parts).numpy(), np.array([one.whole for one in every])
    limits = [(share, np.quantile(logits[~whole], 1 - share)) for share in SHARES]
    return ", ".join(
        f"{np.mean(logits[whole] >= limit):.0%} at {share:.0%}" for share, limit in limits
    )


def learn(asked: list[Words], judges: Sequence[Words], out: Path, minutes: float) -> None:
    random.seed(1)
    torch.manual_seed(1)
    teach.RANK = RANK
    reader = teach.Reader({n: torch.tensor(np.array(w)) for n, w in encoder_weights().items()}, 0)
    left = [reader.first, *list(reader.layers)[:LEFT_AS_THEY_ARE]]
    for parameter in [reader.kinds, *(p for part in left for p in part.parameters())]:
        parameter.requires_grad_(requires_grad=False)
    learnt = [p for p in reader.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=RATE, betas=(0.9, 0.98))
    wholes, others = set(asked), [word for words in asked for word in words]
    waiting: list[Words] = []
    began_s, step = time.monotonic(), 0
    while (gone := (time.monotonic() - began_s) / (60 * minutes)) < 1:
        if len(waiting) < AT_ONCE:
            waiting = random.sample(asked, len(asked))
        said = [one for _ in range(AT_ONCE) for one in lessons(waiting.pop(), wholes, others)]
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - gone)
        whole = torch.tensor([float(one.whole) for one in said])
        loss = functional.binary_cross_entropy_with_logits(
            reader(*batch(said)), whole, weight=1 + (WHOLE_COUNTS - 1) * whole
        )
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        step += 1
        if step % EVERY == 0:
            print(f"{step} ({gone:.0%})  {judge(reader, judges)}", flush=True)
    teach.save(reader, out)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("selqa", type=Path, nargs="*", metavar="ASS.json")
    parser.add_argument("--minutes", type=float, default=25.0)
    args = parser.parse_args()
    asked = questions(sorted(HERE.glob("lessons/*/golden.tsv")))
    asked += [words for file in args.selqa for words in of_selqa(file)]
    judges = questions(sorted(HERE.parents[1].glob("golden/*/golden.tsv")))
    print(f"{len(asked)} questions to learn from, {len(judges)} to be judged by")
    learn(asked, judges, args.out, args.minutes)


if __name__ == "__main__":
    main()
