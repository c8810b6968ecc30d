"""`appliance why`: why the last turn was slow, silent or wrong."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appliance.cli.options import add_config_options, config_from, state_folder
from appliance.errors import ConfigError
from appliance.history.ports import Reader
from appliance.history.reader import HistoryReader
from appliance.history.record import Record
from appliance.history.why import as_json, meaning, numbers, outcome, story, told
from appliance.reasons import COUNTERS
from appliance.service import HISTORY
from appliance.survivor.explain import SLOW_MS
from appliance.survivor.tongue import tongue
from appliance.view.bars import bar

DESCRIPTION = """\
Tells in a sentence or two why the last turn (or the Nth last) was slow, silent or wrong, from the
history that `appliance run` keeps; also after a power cut. docs/reasons.md lists the codes.
Exit code 0 told, 1 there is no such turn.
"""
BAR_CELLS = 20
LISTED = 20


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "why",
        help="why the last turn was slow, silent or wrong",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "n", nargs="?", type=int, default=1, metavar="N", help="the Nth last turn (default: 1)"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help=f"a table of the last {LISTED} turns")
    what.add_argument("--counters", action="store_true", help="how often what happened")
    parser.add_argument("--words", action="store_true", help="show words, where they were kept")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    add_config_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Tell; returns 1 where there is nothing to tell of."""
    if arguments.n < 1:
        raise ConfigError(
            "CFG-RANGE", f"there is no turn {arguments.n}", "1 is the last one", "count from 1"
        )
    history = HistoryReader(state_folder(config_from(arguments)) / HISTORY)
    console = Console(highlight=False)
    if arguments.counters:
        return _counters(console, history, in_json=arguments.json)
    if arguments.list:
        return _list(console, history, in_json=arguments.json, words=arguments.words)
    return _tell(console, history, arguments)


def _tell(console: Console, history: Reader, arguments: argparse.Namespace) -> int:
    found = story(history, arguments.n)
    if found is None:
        console.print(tongue("en").silent("nothing_yet") if arguments.n == 1 else "No such turn.")
        return 1
    record, words = found.record, arguments.words
    if arguments.json:
        events = [as_json(event) for event in found.events]
        turn = {**as_json(record, words=words), "outcome": outcome(record)}
        _print_json({"why": found.why, "codes": found.codes, "turn": turn, "events": events})
        return 0
    console.print(found.why, markup=False)
    for code, means in found.codes.items():
        console.print(f"  [bold]{escape(code)}[/]  [dim]{escape(means)}[/]", soft_wrap=True)
    for key, text in record.words.items() if words else ():
        console.print(f"  {key}: {text}", markup=False, soft_wrap=True)
    console.print(f"  [dim]{_when(record)}[/]")
    for event in found.events:
        line = f"  [dim]{_when(event)}: {escape(event.code)}, {escape(meaning(event.code))}[/]"
        console.print(line, soft_wrap=True)
    return 0


def _list(console: Console, history: Reader, *, in_json: bool, words: bool) -> int:
    turns = history.turns(LISTED)
    if in_json:
        _print_json({"turns": [as_json(turn, words=words) | {"why": told(turn)} for turn in turns]})
        return int(not turns)
    table = Table("", "when", "outcome", "reason", "first audio", "", box=None, pad_edge=False)
    waits = [numbers(turn.figures.get("timings_ms")).get("first_audio") for turn in turns]
    longest = max((ms for ms in waits if ms is not None), default=0.0) or 1.0
    for n, (turn, ms) in enumerate(zip(turns, waits, strict=True), 1):
        colour = "green" if ms is not None and ms <= SLOW_MS else "yellow"
        cells = "" if ms is None else bar(ms / longest, BAR_CELLS, [colour], {})
        shown = "" if ms is None else f"{ms:.0f} ms"
        table.add_row(str(n), _when(turn), outcome(turn), escape(turn.code), f"{shown:>11}", cells)
    console.print(table if turns else tongue("en").silent("nothing_yet"))
    return int(not turns)


def _counters(console: Console, history: Reader, *, in_json: bool) -> int:
    kept = history.counters()
    counters = {name: kept.get(name, 0) for name in (*COUNTERS, *kept)}
    if in_json:
        _print_json({"counters": counters})
        return 0
    for name, count in counters.items():
        means = COUNTERS.get(name, "")
        console.print(f"{count:>8}  {escape(name):<17} [dim]{escape(means)}[/]", soft_wrap=True)
    return 0


def _when(record: Record) -> str:
    """By the clock on the wall; where that was lost, by how long the machine had been on."""
    if record.when.wall is not None:
        return record.when.wall.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return f"clock unknown, {record.when.boot_ms / 1000:.0f} s after power-on"


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))
