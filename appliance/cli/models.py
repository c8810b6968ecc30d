"""`appliance models list | pull | verify | check | convert`."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from appliance.cli import convert
from appliance.cli.models_show import in_mb, print_json, show_list, show_verdicts
from appliance.cli.options import add_config_options, config_from, state_folder
from appliance.cli.progress import progress_bar
from appliance.errors import ModelError
from appliance.models.judge import objections
from appliance.models.manifest import choose, load_manifest
from appliance.models.model import ROLES, Model
from appliance.models.place import is_remote
from appliance.models.pull import Outcome, Pulled, Puller, Wishes
from appliance.models.receive import Report
from appliance.models.source import Folder, Source, Stream
from appliance.models.store import Store
from appliance.models.verify import Status, Verdict, everything, no_package, strangers, suspects
from appliance.models.verify import verify as verify_file

LIST = """examples:
  appliance models list
  appliance models list --role slm --json"""
PULL = """examples:
  appliance models pull qwen3-0.6b piper-en-ljspeech
  appliance models pull qwen3-0.6b --mirror /media/usb --offline
  appliance models pull qwen3-0.6b --mirror https://models.example.com/voice

This is the only verb that ever uses the network, and --offline forbids it even that. What has
arrived is kept when a pull is interrupted; the next one goes on where it stopped. A mirror is laid
out as the store is: ID/NAME for every file, so any store can serve as a mirror."""
VERIFY = """examples:
  appliance models verify
  appliance models verify silero-vad --json

Exit code 1 means that a file is missing, cut short, changed, or not locked."""
CHECK = """examples:
  appliance models check --production
  appliance models check --production silero-vad qwen3-0.6b

Without IDs, the models that the profile uses (models.use) are checked. Exit code 1 means that one
has a licence that excludes commercial use, or a file whose hash is not locked."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `models` and its verbs; each sets `run`, which returns the exit code."""
    parser = subparsers.add_parser("models", help="list, get, check and convert models")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    listing = _verb(verbs, "list", "show every model that is known", LIST)
    listing.add_argument("--role", choices=ROLES, help="only the models for this")
    listing.set_defaults(run=run_list)
    _add_pull(verbs)
    verify = _verb(verbs, "verify", "compare what is in the store with its lock", VERIFY)
    verify.add_argument("ids", metavar="ID", nargs="*", help="models (default: all that are there)")
    verify.set_defaults(run=run_verify)
    check = _verb(verbs, "check", "say what stands against a product with these models", CHECK)
    check.add_argument("ids", metavar="ID", nargs="*", help="models (default: the profile's)")
    check.add_argument("--production", action="store_true", required=True, help="for a product")
    check.set_defaults(run=run_check)
    convert.add_parser(verbs)


def _add_pull(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pull = _verb(verbs, "pull", "get models into the store", PULL)
    pull.add_argument("ids", metavar="ID", nargs="+", help="models, as `list` names them")
    pull.add_argument(
        "--mirror",
        action="append",
        default=[],
        metavar="DIR-or-URL",
        help="where to look first; several are tried in order",
    )
    pull.add_argument("--offline", action="store_true", help="mirrors that are folders, only")
    pull.add_argument(
        "--relock", action="store_true", help="accept that a source has changed its file"
    )
    pull.set_defaults(run=run_pull)


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str, epilog: str
) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    parser = verbs.add_parser(
        name, help=about, description=f"{about}.", epilog=epilog, formatter_class=style
    )
    parser.add_argument(
        "--store", metavar="DIR", type=Path, help="the store (default: models, in storage.folder)"
    )
    parser.add_argument(
        "--manifest",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="describes further models (TOML)",
    )
    add_config_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def run_list(args: argparse.Namespace) -> int:
    """Show the models of a role, or all."""
    models = [m for m in _models(args).values() if args.role in {None, *m.roles}]
    show_list(models, _store(args), as_json=args.json)
    return 0


def run_pull(args: argparse.Namespace) -> int:
    """Get models; what is wrong is raised as a ModelError."""
    models = choose(_models(args), args.ids)
    wishes = Wishes(args.mirror, args.offline, args.relock)
    source = _Addresses(offline=args.offline)
    for mirror in args.mirror:
        source.check(mirror)
    with progress_bar() as report, _interruptible():
        puller = Puller(_store(args), source, wishes, report)
        done = [pulled for model in models for pulled in _told(puller, model, args.json)]
    if args.json:
        print_json({"files": [{**asdict(p.entry), "outcome": p.outcome.value} for p in done]})
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Compare hashes with the lock: 0 if all are right, else 1."""
    models, store = _models(args), _store(args)
    chosen = choose(models, args.ids) or everything(models.values(), store)
    with progress_bar() as report:
        verdicts = [verdict for model in chosen for verdict in _judged(model, store, report)]
        if not args.ids:
            verdicts += [verify_file(s, report) for s in strangers(models.values(), store)]
    show_verdicts(verdicts, as_json=args.json)
    return int(any(verdict.status is not Status.OK for verdict in verdicts))


def run_check(args: argparse.Namespace) -> int:
    """List what stands against a product: 0 if nothing does, else 1."""
    ids = args.ids or config_from(args).models.use.split()
    models = choose(_models(args), ids)
    found = list(objections(models, _store(args).lock()))
    if args.json:
        print_json({"models": ids, "objections": [asdict(item) for item in found]})
        return int(bool(found))
    for item in found:
        print(f"{item.model}: {item.what}; {item.remedy} [{item.code}]")
    print(f"models: {len(ids)}, objections: {len(found)}")
    return int(bool(found))


def _models(args: argparse.Namespace) -> dict[str, Model]:
    return load_manifest(args.manifest)


def _store(args: argparse.Namespace) -> Store:
    return Store(args.store or state_folder(config_from(args)) / "models")


def _told(puller: Puller, model: Model, as_json: bool) -> Iterator[Pulled]:  # noqa: FBT001
    """Each file, and a line about it."""
    for pulled in puller.pull(model):
        entry = pulled.entry
        if not as_json:
            origin = f" from {entry.source}" if pulled.outcome is Outcome.PULLED else ""
            size = in_mb(entry.size)
            print(f"{entry.model}: {entry.file} {pulled.outcome.value}{origin} ({size} MB)")
        yield pulled


def _judged(model: Model, store: Store, report: Report) -> list[Verdict]:
    try:
        return [verify_file(suspect, report) for suspect in suspects(model, store)]
    except ModelError as error:
        if error.code != "MOD-NO-PACKAGE":
            raise
        return [no_package(model, error)]


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        print("interrupted; what has arrived is kept, pull again to go on", file=sys.stderr)
        raise


class _Addresses:
    """Opens folders and, unless it must stay offline, http addresses."""

    def __init__(self, *, offline: bool) -> None:
        self._offline = offline

    def check(self, address: str) -> bool:
        """Whether it is remote; ModelError (`MOD-OFFLINE`, `MOD-ADDRESS`) if that is forbidden."""
        remote = is_remote(address)
        if remote and self._offline:
            raise ModelError(
                "MOD-OFFLINE",
                f"{address} must not be used",
                "--offline forbids the network",
                "name a folder, or leave --offline out",
            )
        return remote

    def open(
        self, address: str, start: int, validator: str
    ) -> contextlib.AbstractContextManager[Stream]:
        """See `Source`."""
        return self._chosen(address).open(address, start, validator)

    def _chosen(self, address: str) -> Source:
        if not self.check(address):
            return Folder()
        from appliance.models.remote import Remote  # noqa: PLC0415  (no other verb loads it)

        return Remote()
