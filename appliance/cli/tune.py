"""`appliance tune`: the clocks of this machine, and how to hold them at their fastest."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from appliance import tune
from appliance.tune import Clock, Setting

DESCRIPTION = """\
Shows the clocks of CPU, NPU, DDR and GPU that this machine offers, and what would be set so that
each stays at its fastest. Nothing changes without --apply, which needs root. It lasts until
--undo or the next boot, and costs power and heat.
"""


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "tune",
        help="hold the clocks of the board at their fastest",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    do = parser.add_mutually_exclusive_group()
    do.add_argument("--apply", action="store_true", help="set them (root)")
    do.add_argument("--undo", action="store_true", help="set what was before --apply (root)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--root", type=Path, default=Path("/"), help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show, set or undo: 0 done, 1 if --apply found nothing to hold or could not."""
    if args.undo:
        tune.undo(args.root)
    found = tune.clocks(args.root)
    plans = [clock.plan() for clock in found]
    if args.apply:
        tune.apply(found, args.root)
        found = tune.clocks(args.root)
    if args.json:
        _print_json(found, plans, args)
    else:
        _print(found, plans, args)
    held = any(clock.is_pinned for clock in found) and not any(clock.plan() for clock in found)
    return int(args.apply and not held)


def _print_json(found: list[Clock], plans: list[list[Setting]], args: argparse.Namespace) -> None:
    rows = [
        {
            "name": clock.name,
            "folder": str(clock.folder),
            "governor": clock.governor,
            "governors": clock.governors,
            "hz": clock.hz(clock.current),
            "fastest_hz": clock.hz(clock.fastest),
            "offered_hz": [clock.hz(step) for step in clock.steps],
            "pinned": clock.is_pinned,
            "set": [{"file": str(path), "value": value} for path, value in plan],
        }
        for clock, plan in zip(found, plans, strict=True)
    ]
    print(json.dumps({"applied": args.apply, "undone": args.undo, "clocks": rows}, indent=1))


def _print(found: list[Clock], plans: list[list[Setting]], args: argparse.Namespace) -> None:
    console = Console(highlight=False)
    if not found:
        console.print("this machine shows no clocks (no cpufreq, no devfreq): nothing to set")
        return
    table = Table("clock", "governor", "now, MHz", "offered, MHz", box=None)
    table.add_column("was set" if args.apply else "would be set")
    for clock, plan in zip(found, plans, strict=True):
        steps = [_mhz(clock, step) for step in clock.steps]
        offered = f"{steps[0]} to {steps[-1]}" if steps else "?"
        table.add_row(
            clock.name, clock.governor, _mhz(clock, clock.current), offered, _about(clock, plan)
        )
    console.print(table)
    if args.apply and any(plans):
        console.print("until the next boot, or: sudo appliance tune --undo")
    elif any(plans):
        console.print("to set it: sudo appliance tune --apply")


def _mhz(clock: Clock, value: int) -> str:
    return f"{clock.hz(value) / 1e6:.0f}" if value else "?"


def _about(clock: Clock, plan: list[Setting]) -> str:
    if plan:
        fastest = _mhz(clock, clock.fastest)
        return f"{', '.join(f'{path.name} {value}' for path, value in plan)} ({fastest} MHz)"
    if clock.is_pinned:
        return "nothing: it is held at its fastest"
    return (
        "nothing: no engine uses it" if clock.name in tune.UNUSED else "nothing: it offers no way"
    )
