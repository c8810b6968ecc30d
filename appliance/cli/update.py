"""`appliance update check | install | status`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appliance.caretaker import bench_of
from appliance.cli.errors import print_error
from appliance.cli.options import add_config_options, config_from, state_folder
from appliance.cli.progress import progress_bar
from appliance.errors import ApplianceError
from appliance.update.bus import service_status
from appliance.update.check import Bench, Verdict
from appliance.update.device import is_confirmed, this_device
from appliance.update.diary import Diary
from appliance.update.errors import UpdateError
from appliance.update.ports import Report, System

CHECK = """examples:
  appliance update check voice-appliance-1.2.0.raucb
  appliance update check /run/appliance/stick/home.pack

Reads all of it; changes nothing. Exit code 1 means that it would be refused."""
INSTALL = """examples:
  appliance update install voice-appliance-1.2.0.raucb

Waits until nobody speaks with the device. A system takes effect when the machine is started anew,
a knowledge pack when the service is; neither is done by this command."""
STATUS = """examples:
  appliance update status
  appliance update status --json"""

IDLE: Final = ("idle;", "muted;", "fault;")
"""How the service's status begins where nobody needs it."""
MISUSE: Final = frozenset({"UPD-FILE", "UPD-NO-RAUC", "UPD-NO-IMAGE"})
"""No such file, or a machine that isn't the appliance: that says nothing of an update."""
ANEW: Final = {"system": "start the machine anew", "knowledge": "start the service anew"}
PATIENCE_S: Final = 300.0
LOOK_S: Final = 1.0


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register `update` and its verbs; each sets `run`, which returns the exit code."""
    parser = verbs.add_parser("update", help="check and install signed updates, on the device")
    inner = parser.add_subparsers(metavar="VERB", required=True)
    check = _verb(inner, "check", "say what an update would do, or why it is refused", CHECK)
    check.add_argument(
        "file", metavar="FILE", type=_absolute, help=".raucb, or .pack with .pack.sig"
    )
    check.set_defaults(run=run_check)
    install = _verb(inner, "install", "check an update, and install it", INSTALL)
    install.add_argument(
        "file", metavar="FILE", type=_absolute, help=".raucb, or .pack with .pack.sig"
    )
    install.set_defaults(run=run_install)
    _verb(inner, "status", "slots, versions, and what became of the last update", STATUS)


def _verb(verbs: Any, name: str, about: str, epilog: str) -> argparse.ArgumentParser:  # noqa: ANN401
    parser: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=about,
        description=f"{about}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_config_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_status)
    return parser


def _absolute(text: str) -> Path:
    return Path(text).absolute()


def run_check(args: argparse.Namespace) -> int:
    """Look at an update: 0 if it would be installed, 1 if not."""
    return _judged(_checked(_bench(args), args.file), lambda verdict: verdict.says, args)


def run_install(args: argparse.Namespace) -> int:
    """Install an update: 0 if it is there, 1 if it was refused."""
    become_owner(state_folder(config_from(args)))
    return _judged(_installed(_bench(args), args.file), _how_to_use, args)


def run_status(args: argparse.Namespace) -> int:
    """Show what there is."""
    bench, diary = _bench(args), Diary.load(state_folder(config_from(args)))
    system = asyncio.run(bench.installer.system())
    document = _document(bench, diary, system)
    if args.json:
        _print_json(document)
    else:
        _show(document)
    return 0


def _bench(args: argparse.Namespace) -> Bench:
    config = config_from(args)
    return bench_of(config, state_folder(config), this_device())


def _judged(
    judging: Coroutine[Any, Any, Verdict],
    told: Callable[[Verdict], str],
    args: argparse.Namespace,
) -> int:
    """What became of an update, as a person or a program wants it; the exit code."""
    try:
        verdict = asyncio.run(judging)
    except ApplianceError as error:
        if error.code in MISUSE:
            raise
        _say_no(error, in_json=args.json)
        return 1
    if args.json:
        _print_json(_as_document(verdict))
    else:
        print(told(verdict))
    return 0


async def _checked(bench: Bench, file: Path) -> Verdict:
    with progress_bar() as report:
        return await bench.check(file, report)


async def _installed(bench: Bench, file: Path) -> Verdict:
    with progress_bar() as report:
        verdict = await bench.check(file, report)
        await _until_idle(report)
        await bench.install(verdict, report)
    return verdict


async def _until_idle(report: Report) -> None:
    """UpdateError (`UPD-BUSY`) where somebody speaks for minutes."""
    waited_s = 0.0
    while (status := await service_status()) and not status.startswith(IDLE):
        report("waiting until nobody speaks", 0.0)
        if waited_s >= PATIENCE_S:
            cause = f"the service says `{status}`"
            raise UpdateError("UPD-BUSY", "it is not the moment", cause, "try again when idle")
        await asyncio.sleep(LOOK_S)
        waited_s += LOOK_S


def become_owner(folder: Path) -> None:
    """For good: what root leaves in the service's folder the service could not change again."""
    if os.geteuid() == 0 and folder.exists():
        owner = folder.stat()
        if owner.st_uid:
            os.setgroups([])
            os.setgid(owner.st_gid)
            os.setuid(owner.st_uid)


def _say_no(error: ApplianceError, *, in_json: bool) -> None:
    if in_json:
        names = ("code", "what", "cause", "remedy")
        _print_json({"ok": False, "error": {name: getattr(error, name) for name in names}})
    else:
        print_error(error)


def _how_to_use(verdict: Verdict) -> str:
    return f"{verdict.name} is installed; to use it, {ANEW[verdict.kind]}"


def _as_document(verdict: Verdict) -> dict[str, Any]:
    told = {"kind": verdict.kind, "version": str(verdict.version)}
    installed = verdict.installed and str(verdict.installed)
    return {"ok": True, **told, "replaces": installed, "news": verdict.is_news}


def _document(bench: Bench, diary: Diary, system: System) -> dict[str, Any]:
    device, pack = bench.device, bench.pack_version()
    booted = {"version": str(device.version), "slot": device.slot, "confirmed": is_confirmed()}
    slots = [{**asdict(slot), "next": slot.name == system.primary} for slot in system.slots]
    last = {**diary.last, "rauc": system.last_error}
    return {
        "board": device.compatible,
        "booted": booted,
        "knowledge": pack and str(pack),
        "operation": system.operation,
        "slots": slots,
        "last": {key: value for key, value in last.items() if value},
        "rolled_back": diary.failed,
    }


def _show(document: dict[str, Any]) -> None:
    console, booted = Console(highlight=False), document["booted"]
    proven = "confirmed" if booted["confirmed"] else "not confirmed yet"
    console.print(f"{document['board']}  version {booted['version']}, {proven}", soft_wrap=True)
    console.print(f"knowledge  version {document['knowledge'] or '-'}")
    table = Table("slot", "", "boots next", "state", "installed by RAUC", box=None, pad_edge=False)
    for slot in document["slots"]:
        cells = (f"{slot['bootname']} ({slot['name']})", "booted" if slot["booted"] else "")
        state = "good" if slot["good"] else "[red]bad[/]"
        following = "yes" if slot["next"] else "no"
        table.add_row(*cells, following, state, escape(slot["version"]) or "-")
    console.print(table)
    for key, value in document["last"].items():
        console.print(f"last {key}  {value}", markup=False, soft_wrap=True)


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document, indent=2, ensure_ascii=False))
