"""`appliance bench board`: first sound and first answer on a simulated RK3576."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from appliance import clock
from appliance.bench.board import TRICKS, Delays, converse
from appliance.bench.rk3576 import Figures
from appliance.cli.options import add_config_options, add_knowledge_option, config_with_knowledge
from appliance.engines.ports import Passage
from appliance.knowledge.golden import read_golden
from appliance.knowledge.meaning.completeness import Completeness
from appliance.knowledge.pack import Pack
from appliance.knowledge.retrieve import PackRetriever

DESCRIPTION = """\
A SIMULATION, not a measurement: nothing here runs on a board. Golden questions are "spoken" at a
natural pace, a third of them with a pause for thought, to the real state machine with the real
retriever, on a virtual clock. What recognition, the language model and the voice take is taken
from published figures of the RK3576 (Qwen3-0.6B w4a16 on RKLLM, a streaming zipformer on RKNN,
Piper); each figure and its source is in appliance/bench/rk3576.py. Row by row one more trick of
[overlap] is switched on.
"""

STEPS: tuple[tuple[str, ...], ...] = (
    (),
    ("stream",),
    ("stream", "prefire"),
    ("stream", "prefire", "adaptive"),
    ("stream", "prefire", "adaptive", "partials"),
    ("stream", "prefire", "adaptive", "partials", "foresight"),
    TRICKS,
)


class Memory:
    """The real retriever; a question that comes again is not computed again."""

    def __init__(self, pack: str, count: int) -> None:
        retriever, completeness = PackRetriever(Pack.open(pack)), Completeness()
        self._logit = lru_cache(None)(completeness.logit)
        self._skim = lru_cache(None)(retriever.skim)
        self._retrieve = lru_cache(None)(lambda question: retriever.retrieve(question, count))

    async def completeness(self, words: str) -> float:
        """The logit that somebody who has said this has finished the question."""
        return self._logit(words)

    async def skim(self, questions: Sequence[str]) -> list[float]:
        """How well each finds something at first sight."""
        return [self._skim(question) for question in questions]

    async def retrieve(self, question: str) -> list[Passage]:
        """The best passages, best first."""
        return list(self._retrieve(question))


def add_parser(kinds: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register `bench board`."""
    parser = kinds.add_parser(
        "board",
        help="a timing model of the RK3576 (a simulation)",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("golden", type=Path, metavar="GOLDEN", help="golden questions of the pack")
    add_knowledge_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Simulate and print."""
    config = config_with_knowledge(arguments)
    knowledge = config.knowledge
    memory = Memory(knowledge.pack, knowledge.passages)
    questions = [golden.question for golden in read_golden(arguments.golden) if golden.sources]
    found = {
        tricks: clock.run(
            converse(questions, memory, knowledge.threshold, tricks=tricks), realtime=False
        )
        for tricks in STEPS
    }
    if arguments.json:
        print(json.dumps(_document(found), indent=2))
    else:
        _print(found)
    return 0


def _document(found: dict[tuple[str, ...], Delays]) -> dict[str, Any]:
    rows = [{"tricks": list(tricks), **asdict(delays)} for tricks, delays in found.items()]
    return {"simulated": True, "figures": asdict(Figures()), "rows": rows}


def _print(found: dict[tuple[str, ...], Delays]) -> None:
    console = Console(highlight=False)
    table = Table(
        "tricks",
        "answered",
        "cut off",
        "first sound, p50 / p95",
        "first answer, p50 / p95",
        title="SIMULATED: RK3576, Qwen3-0.6B, ms from the true end of speech",
    )
    for tricks, row in found.items():
        table.add_row(
            " + ".join(tricks) or "none: one after the other",
            str(row.turns),
            str(row.cut_off),
            f"{row.first_sound_p50:.0f} / {row.first_sound_p95:.0f}",
            f"{row.first_audio_p50:.0f} / {row.first_audio_p95:.0f}",
        )
    console.print(table)
    console.print("[dim]not yet run on a board; figures by source in appliance/bench/rk3576.py[/]")
