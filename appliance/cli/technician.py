"""What `appliance console` does for a technician: fetch the bundle, check everything, report."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

from appliance.bundle.parcel import unpack
from appliance.bundle.report import page
from appliance.cli.progress import progress_bar
from appliance.console.checklist import Item, examine
from appliance.console.client import Client, data_or_raise
from appliance.console.errors import ConsoleError
from appliance.console.fetch import fetch, offered
from appliance.console.text import plain

Unlock = Callable[[], Awaitable[None]]
Errand = Callable[[Client, Unlock], Awaitable[int]]
REPORT = Path("report.html")
MARKS = {True: "PASS", False: "FAIL", None: "-"}


def errand(words: Sequence[str]) -> Errand | None:
    """What these words have the technician's end do itself; None: they are for the device."""
    match list(words):
        case ["check"]:
            return _check
        case ["report", *_]:
            return partial(_report, _options(words))
        case ["bundle"] | ["bundle", "-o" | "--out" | "--words", *_]:
            return partial(_bundle, _options(words))
    return None


def report_of_file(words: Sequence[str]) -> int:
    """Draw the page out of a bundle that was fetched before."""
    options = _options(words)
    return _write(options.out or REPORT, page(unpack(options.bundle)))


def _options(words: Sequence[str]) -> argparse.Namespace:
    verb, *rest = words
    parser = argparse.ArgumentParser(prog=f"appliance console {verb}")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE")
    if verb == "bundle":
        parser.add_argument("--words", action="store_true", help="what was said, if it is kept")
    else:
        parser.add_argument("--bundle", type=Path, metavar="FILE", help="report of this one")
    return parser.parse_args(rest)


async def _bundle(options: argparse.Namespace, client: Client, unlock: Unlock) -> int:
    out = await _fetched(client, unlock, options.out, words=options.words)
    print(out)
    return 0


async def _fetched(client: Client, unlock: Unlock, out: Path | None, *, words: bool) -> Path:
    parcel = await offered(client, words=words)
    into = out or Path(parcel.name)
    try:
        with progress_bar() as report:
            await fetch(client, parcel, into, report, unlock)
    except OSError as error:
        raise ConsoleError(
            "CON-WRITE", f"cannot write {into}", error.strerror or str(error), "name another: -o"
        ) from error
    data_or_raise(await client.request("bundle drop"))
    return into


async def _check(client: Client, _unlock: Unlock) -> int:
    passed = True
    async for item in examine(client):
        passed &= item.passed is not False
        _print(item)
    return 0 if passed else 1


def _print(item: Item) -> None:
    print(f"{MARKS[item.passed]:<5} {item.name:<8} {plain(item.found)}")
    if item.remedy:
        print(f"{'':<15}{plain(item.remedy)}")


async def _report(options: argparse.Namespace, client: Client, unlock: Unlock) -> int:
    with tempfile.TemporaryDirectory() as folder:
        file = await _fetched(client, unlock, Path(folder) / "bundle.tar.gz", words=False)
        files = unpack(file)
    checks = {item.name: item._asdict() async for item in examine(client)}
    return _write(options.out or REPORT, page(files, checks))


def _write(out: Path, text: str) -> int:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        cause = error.strerror or str(error)
        raise ConsoleError("CON-WRITE", f"cannot write {out}", cause, "name another: -o") from error
    print(out)
    return 0
