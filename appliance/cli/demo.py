"""`appliance demo`: hear it, with nothing prepared."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from appliance import clock
from appliance.cli.ask import printer
from appliance.cli.asking import Question, ask_all
from appliance.cli.options import (
    add_config_options,
    config_from,
    without_follow_up,
)
from appliance.cli.progress import progress_bar
from appliance.config import Config
from appliance.demo.asker import spoken_question
from appliance.demo.questions import GUIDE, QUESTIONS, WAKE_PHRASE, DemoQuestion
from appliance.packing import build_knowledge
from appliance.reasons import Outcome
from appliance.report import Entry
from audio.files import write_wav
from audio.format import RATE_HZ

DESCRIPTION = """\
Writes a small product manual, builds a knowledge pack from it, and asks spoken questions in a
synthetic voice: wake phrase and question as a WAV, through wake word, recognition, retrieval,
reader and voice, into an answer as a WAV. One question is not answered by the manual, and the
appliance should say so. The answers are in the profile's voice (`appliance doctor` names it).
Downloads nothing. Exit code 0 if every answer is right, else 1.
"""


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "demo",
        help="hear it, with nothing prepared",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("demo-out"),
        metavar="DIR",
        help="where manual, questions and answers go (default: %(default)s)",
    )
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prepare, ask, show, judge."""
    console = Console(highlight=False)
    out: Path = arguments.out
    config = without_follow_up(config_from(arguments))
    pack = _prepare(config, out, console)
    config = replace(config, knowledge=replace(config.knowledge, pack=str(pack)))
    questions = [Question(_spoken(out, asked)) for asked in _watched(QUESTIONS)]
    console.print(f"[bold]asking {len(questions)} spoken questions[/]\n")
    answering = ask_all(config, questions, out / "answers", printer(console))
    entries = clock.run(answering, realtime=False)
    return _verdict(console, out, entries)


def _prepare(config: Config, out: Path, console: Console) -> Path:
    """The manual, written out, and the pack built from it."""
    manual = out / "manual"
    manual.mkdir(parents=True, exist_ok=True)
    shipped = resources.files("appliance.demo") / "manual" / GUIDE
    (manual / GUIDE).write_text(shipped.read_text(encoding="utf-8"), encoding="utf-8")
    pack = out / "demo.pack"
    with progress_bar() as report:
        built = asyncio.run(build_knowledge(config, manual, pack, report))
    console.print(f"{manual / GUIDE} → {pack}: {built.passages} passages")
    return pack


def _watched(questions: tuple[DemoQuestion, ...]) -> Any:  # noqa: ANN401  # an iterable
    console = Console(stderr=True)
    hidden = not sys.stderr.isatty()
    return track(questions, "speaking the questions", console=console, disable=hidden)


def _spoken(out: Path, asked: DemoQuestion) -> Path:
    path = out / f"{asked.name}.wav"
    write_wav(path, spoken_question(WAKE_PHRASE, asked.text), RATE_HZ)
    return path


def _verdict(console: Console, out: Path, entries: list[Entry]) -> int:
    right = [_is_right(asked, entry) for asked, entry in zip(QUESTIONS, entries, strict=True)]
    colour = "green" if all(right) else "red"
    console.print(f"[{colour}]{sum(right)} of {len(right)} right[/]")
    console.print(f"listen: {out}/*.wav asked, {out}/answers/*.wav answered")
    return int(not all(right))


def _is_right(asked: DemoQuestion, entry: Entry) -> bool:
    turn = entry.turn
    if turn is None:
        return False
    if asked.section is None:
        return turn.outcome is Outcome.ABSTAINED
    return [s.source for s in turn.sentences[:1]] == [f"{GUIDE}#{asked.section}"]
