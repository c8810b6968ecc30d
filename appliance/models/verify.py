"""Whether the files in the store are still the ones that were pulled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from appliance.errors import ModelError
from appliance.models.disk import disk_errors, sha256_of
from appliance.models.lock import Lock
from appliance.models.model import Model, ModelFile, Wheel
from appliance.models.receive import Report
from appliance.models.store import Store, reinstall


class Status(Enum):
    """What a file turned out to be."""

    OK = "as locked"
    MISSING = "missing"
    SIZE = "cut short, or too long"
    CHANGED = "changed"
    UNLOCKED = "not locked"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A file to look at, with what it must be: size 0 and an empty hash where nobody knows."""

    model: str
    file: str
    path: Path
    size: int
    sha256: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file turned out to be, in detail, and what to do if that is not right."""

    model: str
    file: str
    status: Status
    detail: str
    bytes: int = 0
    remedy: str = ""


def everything(models: Iterable[Model], store: Store) -> list[Model]:
    """The models of which the store has locked something, or holds every file."""
    locked = {entry.model for entry in store.lock()}
    return [model for model in models if model.id in locked or store.holds(model)]


def strangers(models: Iterable[Model], store: Store) -> Iterator[Suspect]:
    """Files that are locked, but that no manifest describes any more."""
    described = {(model.id, file.name) for model in models for file in model.files}
    for entry in store.lock():
        if (entry.model, entry.file) not in described:
            path = store.folder / entry.model / entry.file
            remedy = f"delete {path.parent}, or name its manifest with --manifest and pull it again"
            yield Suspect(entry.model, entry.file, path, entry.size, entry.sha256, remedy)


def suspects(model: Model, store: Store) -> Iterator[Suspect]:
    """A model's files. ModelError (`MOD-NO-PACKAGE`) where its package is not installed."""
    lock, source = store.lock(), model.source
    pull = f"appliance models pull {model.id}"
    remedy = reinstall(source) if isinstance(source, Wheel) else pull
    for file in model.files:
        size, sha256 = _must_be(model, file, lock)
        yield Suspect(model.id, file.name, store.path(model, file), size, sha256, remedy)


def verify(suspect: Suspect, report: Report) -> Verdict:
    """Look at one file; ModelError (`MOD-DISK`) where it cannot be read."""
    if not suspect.path.is_file():
        return _verdict(suspect, Status.MISSING, f"no file {suspect.path}")
    size = suspect.path.stat().st_size
    if suspect.size not in {0, size}:
        return _verdict(suspect, Status.SIZE, f"{size:,} bytes instead of {suspect.size:,}")
    if not suspect.sha256:
        return _verdict(suspect, Status.UNLOCKED, "nobody has locked its hash")
    with disk_errors(suspect.path):
        found = sha256_of(
            suspect.path, lambda done: report(f"{suspect.model}: {suspect.file}", done)
        )
    if found != suspect.sha256:
        detail = f"its SHA-256 begins {found[:16]} instead of {suspect.sha256[:16]}"
        return _verdict(suspect, Status.CHANGED, detail)
    return Verdict(suspect.model, suspect.file, Status.OK, "", size)


def no_package(model: Model, error: ModelError) -> Verdict:
    """The verdict on a model whose package is not installed."""
    return Verdict(model.id, "*", Status.MISSING, error.cause, remedy=error.remedy)


def _must_be(model: Model, file: ModelFile, lock: Lock) -> tuple[int, str]:
    entry = lock.find(model.id, file.name)
    if file.sha256 or entry is None:
        return file.size, file.sha256
    return entry.size, entry.sha256


def _verdict(suspect: Suspect, status: Status, detail: str) -> Verdict:
    return Verdict(suspect.model, suspect.file, status, detail, remedy=suspect.remedy)
