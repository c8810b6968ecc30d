"""Teaches the verifier, `appliance/knowledge/meaning/verifier.npz`; needs torch (not locked).

    python -m tests.appliance.knowledge.teach cases OUT.jsonl MANUAL…     what there is to learn
    python -m tests.appliance.knowledge.teach selqa OUT.jsonl ASS.json…   the same, of SelQA
    python -m tests.appliance.knowledge.teach learn OUT.npz [--after NPZ] CASES.jsonl…

First from SelQA (Apache-2.0, https://github.com/emorynlp/selqa: questions on Wikipedia, and which
sentences answer them), then, `--after` that, from the manuals in `lessons/`. The manuals in
`tests/golden` are never among them: they are what it is judged by, and the weights beside it in
`calibration.py` are learnt from them.

A case is a question with the passages that retrieval finds for it. The verifier learns to put the
one that answers it before the others, and all of them below zero where none does.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from appliance.knowledge.build import build_pack
from appliance.knowledge.golden import read_golden
from appliance.knowledge.meaning.index import below_headings
from appliance.knowledge.meaning.tokens import WordPieces, word_pieces
from appliance.knowledge.meaning.verifier import LONGEST, LONGEST_QUESTION
from appliance.knowledge.meaning.weights import encoder_weights
from appliance.knowledge.pack import Pack
from appliance.knowledge.question import analyse
from appliance.knowledge.retrieve import PackRetriever, best_of_each_source

try:
    import torch
    from torch import Tensor, nn
    from torch.nn import functional
except ImportError as error:
    raise SystemExit("teaching needs torch: pip install torch (tried: 2.15, CPU)") from error

NEAREST = 10
"""Passages of a case: the first that retrieval finds, and those that answer."""
RANK = 32
"""Of the factors that are added to each matrix."""
STRENGTH = 2.0
AT_ONCE = 6
"""Questions a step, each with `WRONG` passages that do not answer it."""
WRONG = 3
ANSWER_HIDDEN = 0.45
"""So often a question is shown without its answer: else the verifier learns from how questions are
put which of them have answers (nearly all "it won't start", fewer "how much")."""
RATE, WARM_UP, CARELESS = 3e-4, 0.06, 0.0
PARTS = {
    "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
    "mixed": "attention.output.dense", "inner": "intermediate.dense", "outer": "output.dense",
}  # fmt: skip


@dataclass
class Case:
    """A question, the passages that answer it, and others that look as if, nearest first."""

    question: str
    right: list[str]
    wrong: list[str]


def cases_of(manual: Path) -> Iterator[Case]:
    with tempfile.TemporaryDirectory() as scratch:
        build_pack(manual / "docs", Path(scratch) / "pack")
        with Pack.open(Path(scratch) / "pack") as pack:
            retriever = PackRetriever(pack)
            for golden in read_golden(manual / "golden.tsv"):
                question = analyse(golden.question, retriever.vocabulary)
                found = best_of_each_source(retriever.scored(question))
                near = [c.passage for c in found if c.passage.source not in golden.sources]
                right = [p for p in pack.stored() if p.source in golden.sources]
                yield Case(
                    golden.question,
                    [below_headings(p.path, p.text) for p in right],
                    [below_headings(p.path, p.text) for p in near[:NEAREST]],
                )


def cases_of_selqa(file: Path) -> Iterator[Case]:
    """Sections cut into pieces of two to four sentences."""
    asked = json.loads(file.read_text(encoding="utf-8"))
    for one in asked:
        step = random.choice((2, 3, 4))
        head = random.choice((one["section"], one["section"], one["article"]))
        sentences, right, wrong = one["candidates"], [], []
        for at in range(0, len(sentences), step):
            piece = f"{head}: {' '.join(sentences[at : at + step])}"
            (right if set(one["answers"]) & set(range(at, at + step)) else wrong).append(piece)
        if wrong:
            question = one["question"].lower().rstrip("?. ").replace(",", "")
            said = set(question.split())
            wrong.sort(key=lambda text, said=said: -len(said & set(text.lower().split())))
            yield Case(question, right, wrong)


class Adapted(nn.Module):
    """A matrix that stays as it is, and two thin ones whose product is added to it."""

    def __init__(self, matrix: Tensor, bias: Tensor) -> None:
        super().__init__()
        self.register_buffer("matrix", matrix)
        self.register_buffer("bias", bias)
        rows, columns = matrix.shape
        self.down = nn.Parameter(torch.randn(RANK, columns) / math.sqrt(columns))
        self.up = nn.Parameter(torch.zeros(rows, RANK))

    def forward(self, x: Tensor) -> Tensor:
        added = functional.linear(functional.linear(x, self.down), self.up)
        return functional.linear(x, self.matrix, self.bias) + STRENGTH * added


class Reader(nn.Module):
    """The encoder's layers, adapted, over pairs of texts; `layers.py` in torch."""

    def __init__(self, weights: dict[str, Tensor], careless: float) -> None:
        super().__init__()
        self.careless = careless
        self.register_buffer("words", weights["embeddings.word_embeddings.weight"])
        self.register_buffer("places", weights["embeddings.position_embeddings.weight"])
        self.kinds = nn.Parameter(weights["embeddings.token_type_embeddings.weight"])
        self.first = _norm(weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(_layer(weights, f"encoder.layer.{n}") for n in range(6))
        self.head = nn.Linear(384, 1)

    def forward(self, pieces: Tensor, kinds: Tensor, real: Tensor) -> Tensor:
        embedded = self.words[pieces] + self.places[: pieces.shape[1]] + self.kinds[kinds]
        hidden = self._forget(self.first(embedded))
        for layer in self.layers:
            parts = (self._heads(layer[n](hidden)) for n in ("query", "key", "value"))
            mixed = functional.scaled_dot_product_attention(
                *parts, attn_mask=real[:, None, None, :]
            )
            mixed = layer["mixed"](mixed.transpose(1, 2).reshape(hidden.shape))
            hidden = layer["norm1"](hidden + self._forget(mixed))
            outer = layer["outer"](functional.gelu(layer["inner"](hidden)))
            hidden = layer["norm2"](hidden + self._forget(outer))
        mean = (hidden * real[:, :, None]).sum(1) / real.sum(1, keepdim=True)
        return self.head(mean)[:, 0]

    def _forget(self, x: Tensor) -> Tensor:
        return functional.dropout(x, self.careless, self.training) if self.careless else x

    @staticmethod
    def _heads(x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], 12, 32).transpose(1, 2)


def _layer(weights: dict[str, Tensor], name: str) -> nn.ModuleDict:
    parts = {
        part: Adapted(weights[f"{name}.{own}.weight"], weights[f"{name}.{own}.bias"])
        for part, own in PARTS.items()
    }
    norms = {
        "norm1": _norm(weights, f"{name}.attention.output.LayerNorm"),
        "norm2": _norm(weights, f"{name}.output.LayerNorm"),
    }
    return nn.ModuleDict({**parts, **norms})


def _norm(weights: dict[str, Tensor], name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(384, eps=1e-12)
    norm.weight.data, norm.bias.data = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return norm


def _names(reader: Reader) -> Iterator[tuple[str, nn.Parameter, float]]:
    """What `verifier.npz` calls each thing that was learnt, and by how much it multiplies it."""
    yield "embeddings.token_type_embeddings.weight", reader.kinds, 1.0
    yield "head", reader.head.weight, 1.0
    yield "bias", reader.head.bias, 1.0
    norms = {"embeddings.LayerNorm": reader.first}
    for number, layer in enumerate(reader.layers):
        name = f"encoder.layer.{number}"
        norms[f"{name}.attention.output.LayerNorm"] = layer["norm1"]
        norms[f"{name}.output.LayerNorm"] = layer["norm2"]
        for part, own in PARTS.items():
            yield f"{name}.{own}.weight:up", layer[part].up, STRENGTH
            yield f"{name}.{own}.weight:down", layer[part].down, 1.0
    for name, norm in norms.items():
        yield f"{name}.weight", norm.weight, 1.0
        yield f"{name}.bias", norm.bias, 1.0


def save(reader: Reader, out: Path) -> None:
    arrays = {
        name: (scale * parameter.detach().numpy()).astype(np.float16)
        for name, parameter, scale in _names(reader)
        if parameter.requires_grad
    }
    arrays["head"], arrays["bias"] = arrays["head"][0], arrays["bias"][0]
    np.savez_compressed(out, **arrays)


def load(reader: Reader, file: Path) -> None:
    with np.load(file) as arrays:
        for name, parameter, scale in _names(reader):
            value = torch.from_numpy(arrays[name].astype(np.float32)) / scale
            parameter.data = value.reshape(parameter.shape)


def batch(marks: WordPieces, pairs: Sequence[tuple[str, str]]) -> tuple[Tensor, Tensor, Tensor]:
    """Pieces, kinds and which are real, all [pairs, longest]; a multiple of 16 long for speed."""
    rows = []
    for question, passage in pairs:
        asked = [marks.begin, *marks.pieces(question)[:LONGEST_QUESTION], marks.end]
        read = [*marks.pieces(passage)[: LONGEST - len(asked) - 1], marks.end]
        rows.append((asked, read))
    longest = -(-max(len(asked) + len(read) for asked, read in rows) // 16) * 16
    pieces, kinds, real = (np.zeros((len(rows), longest), np.int64) for _ in range(3))
    for row, (asked, read) in enumerate(rows):
        end = len(asked) + len(read)
        pieces[row, :end], kinds[row, len(asked) : end], real[row, :end] = [*asked, *read], 1, 1
    return torch.from_numpy(pieces), torch.from_numpy(kinds), torch.from_numpy(real).bool()


def shown(case: Case) -> tuple[list[str], bool]:
    """Some passages of a case, and whether the first of them answers; the nearer, the oftener."""
    answered = bool(case.right) and random.random() >= ANSWER_HIDDEN
    order = sorted(range(len(case.wrong)), key=lambda n: n - random.expovariate(1 / 4))
    wrong = [case.wrong[n] for n in order[: WRONG + (not answered)]]
    return ([random.choice(case.right), *wrong] if answered else wrong), answered


def learn(cases: Sequence[Case], out: Path, after: Path | None, epochs: float) -> None:
    random.seed(1)
    torch.manual_seed(1)
    marks = word_pieces()
    weights = encoder_weights()
    reader = Reader({n: torch.tensor(np.array(w)) for n, w in weights.items()}, CARELESS)
    if after:
        load(reader, after)
    steps = int(len(cases) * epochs / AT_ONCE)
    optimiser = torch.optim.AdamW(reader.parameters(), lr=RATE, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM_UP * steps), max(0.02, 1 - step / steps))
    )
    waiting: list[Case] = []
    recent: list[float] = []
    for step in range(steps):
        if len(waiting) < AT_ONCE:
            waiting = random.sample(cases, len(cases))
        picked = [(case.question, *shown(case)) for case in (waiting.pop() for _ in range(AT_ONCE))]
        logits = reader(*batch(marks, [(q, text) for q, texts, _ in picked for text in texts]))
        loss, at = torch.zeros(()), 0
        for _, texts, answered in picked:
            choices = torch.cat([torch.zeros(1), logits[at : at + len(texts)]])
            loss = loss + functional.cross_entropy(choices[None], torch.tensor([int(answered)]))
            at += len(texts)
        optimiser.zero_grad()
        (loss / AT_ONCE).backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        recent = [*recent[-49:], loss.item() / AT_ONCE]
        if step % 25 == 0:
            print(f"{step}/{steps}  loss {np.mean(recent):.3f}", flush=True)
    save(reader, out)


def write(cases: Iterator[Case], out: Path) -> None:
    with out.open("w", encoding="utf-8") as stream:
        for case in cases:
            stream.write(json.dumps(asdict(case)) + "\n")


def read(files: Sequence[Path]) -> list[Case]:
    lines: list[Any] = [json.loads(line) for file in files for line in file.open(encoding="utf-8")]
    return [Case(**line) for line in lines]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("cases", "selqa", "learn"))
    parser.add_argument("out", type=Path)
    parser.add_argument("sources", type=Path, nargs="+")
    parser.add_argument("--after", type=Path, help="what was learnt before")
    parser.add_argument("--epochs", type=float, default=1.0)
    args = parser.parse_args()
    if args.what == "learn":
        learn(read(args.sources), args.out, args.after, args.epochs)
    else:
        made = cases_of if args.what == "cases" else cases_of_selqa
        write((case for source in args.sources for case in made(source)), args.out)


if __name__ == "__main__":
    main()
