"""`appliance ask`: recordings and typed questions through the complete state machine."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from appliance import clock
from appliance.cli.asking import Question, ask_all
from appliance.cli.errors import print_error
from appliance.cli.options import (
    add_config_options,
    add_knowledge_option,
    config_with_knowledge,
    state_folder,
    without_follow_up,
)
from appliance.cli.progress import progress_bar
from appliance.cli.report import print_entry
from appliance.errors import ConfigError
from appliance.history.watch import HistoryWatch
from appliance.reasons import Outcome
from appliance.report import Entry, as_json
from appliance.service import keep_history

DESCRIPTION = """\
Each recording (wake phrase and question; WAV of any width, rate and channels, or FLAC) and
each typed question goes through the complete state machine, as live sound would. The spoken
answers are written as WAV files. Without --realtime, waiting is skipped: timings are true,
silences cost nothing.

exit codes: 0 all inputs went through (with an answer or without), 1 an engine failed,
            2 an input cannot be used (the others are still answered)
"""
EXAMPLES = """\
examples:
  appliance ask question.wav --knowledge house.pack
  appliance ask --text "how do i reset it" --text "what does it cost" --knowledge house.pack
  appliance ask recordings/*.wav --knowledge house.pack --json > results.json
"""


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "ask",
        help="ask recordings or typed questions, hear the answers as WAV files",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("wav", nargs="*", type=Path, metavar="WAV", help="a recording")
    parser.add_argument(
        "--text", action="append", default=[], metavar="Q", help="a typed question (repeatable)"
    )
    add_knowledge_option(parser)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        metavar="DIR",
        help="where the spoken answers go (default: %(default)s)",
    )
    parser.add_argument(
        "--realtime", action="store_true", help="listen and speak at the speed of life"
    )
    parser.add_argument(
        "--follow-up",
        action="store_true",
        help="go on listening without the wake phrase after an answer, as `run` does",
    )
    parser.add_argument(
        "--history",
        action="store_true",
        help="keep what happens for `appliance why`, as `run` does",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask everything; returns the exit code."""
    questions = [Question(path=wav) for wav in arguments.wav]
    questions += [Question(text=text) for text in arguments.text]
    if not questions:
        raise ConfigError(
            "CFG-NO-QUESTION",
            "nothing was asked",
            "neither a recording nor --text is given",
            'for example: appliance ask --text "how do i reset it" --knowledge house.pack',
        )
    config = config_with_knowledge(arguments)
    if not arguments.follow_up:
        config = without_follow_up(config)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    show = print_bad_input if arguments.json else printer(Console(highlight=False))
    keeping = replace(config.history, keep=config.history.keep and arguments.history)
    config = replace(config, history=keeping)
    with progress_bar() as report, keep_history(config, state_folder(config)) as chronicle:
        watch = [HistoryWatch(chronicle, config.wake.phrases)] if arguments.history else []
        asking = ask_all(config, questions, arguments.out, show, report, watch)
        entries = clock.run(asking, realtime=arguments.realtime)
    if arguments.json:
        print(json.dumps(as_json(config.profile, entries), indent=2, ensure_ascii=False))
    return exit_code(entries)


def exit_code(entries: list[Entry]) -> int:
    """2 if an input was bad, 1 if an engine failed, else 0."""
    if any(entry.reason == "BAD_AUDIO" for entry in entries):
        return 2
    turns = [entry.turn for entry in entries if entry.turn]
    failed = any(turn.outcome is Outcome.FAILED for turn in turns)
    return int(failed or any(entry.reason == "FAULT" for entry in entries))


def print_bad_input(entry: Entry) -> None:
    """One line on standard error for what could not be used, or failed."""
    error = entry.error or (entry.turn.error if entry.turn else None)
    if error is not None:
        print_error(error)


def printer(console: Console) -> Callable[[Entry], None]:
    """Shows each entry as it comes."""

    def show(entry: Entry) -> None:
        print_entry(console, entry)
        print_bad_input(entry)

    return show
