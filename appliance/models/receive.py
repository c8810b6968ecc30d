"""Gets one file from one place into a part, until it is whole and its hash is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.models.disk import disk_errors, sha256_of
from appliance.models.model import Model, ModelFile
from appliance.models.partial import Partial
from appliance.models.place import Place
from appliance.models.source import CutOffError, Source, SourceError, Stream, cut_off

Report = Callable[[str, float], None]
"""Gets what is being done, and the share done (0..1)."""

_OTHER_BYTES = (
    "nothing of it was kept; name another --mirror, or, if its author has changed it and you "
    "trust the new one, pull with --relock"
)


@dataclass(frozen=True, slots=True)
class Job:
    """A file of a model, and the hash that it must have; empty where nobody knows one."""

    model: Model
    file: ModelFile
    wanted: str


class Receiver:
    """`source` opens any address; `report` gets progress."""

    def __init__(self, source: Source, report: Report) -> None:
        self._source, self._report = source, report

    def receive(self, job: Job, place: Place, part: Partial) -> str:
        """Make the part whole; returns its SHA-256, which is the wanted one if any is.

        Raises:
            SourceError: the place does not give the file (`MOD-HASH`, `MOD-SIZE`, …).
            ModelError: (`MOD-NO-ROOM`, `MOD-DISK`) the disk does not take it.
        """
        begins_anew = not part.count
        self._download(job, place, part)
        with disk_errors(part.path):
            label = f"{job.model.id}: checking {job.file.name}"
            found = sha256_of(part.path, lambda share: self._report(label, share))
        if not job.wanted or found == job.wanted:
            return found
        part.discard()
        if not begins_anew:  # what was held before may be to blame, so once more, whole
            return self.receive(job, place, part)
        raise wrong_hash(place.address, job.wanted, found, _OTHER_BYTES)

    def _download(self, job: Job, place: Place, part: Partial) -> None:
        """Ask again where the place stops in the middle, for as long as that gains something."""
        while True:
            before = part.count
            try:
                return self._ask(job, place, part)
            except CutOffError:
                if part.count <= before:
                    raise

    def _ask(self, job: Job, place: Place, part: Partial) -> None:
        """One request. Where the hash is known, bytes from elsewhere may be continued, too."""
        same_place = part.state.address == place.address
        validator = part.state.validator if same_place else ""
        start = part.count if job.wanted or validator else 0
        with self._source.open(place.address, start, validator) as stream:
            _check_offer(job.file, place, stream, start)
            part.begin(place.address, stream.validator, stream.start, stream.size)
            self._copy(job, stream, part)
        if stream.size is not None and part.count < stream.size:
            raise cut_off(place.address, f"{part.count:,} of {stream.size:,} bytes arrived")
        if part.count != (job.file.size or stream.size or part.count):
            arrived = part.count
            part.discard()
            raise _wrong_size(job.file, place, arrived)

    def _copy(self, job: Job, stream: Stream, part: Partial) -> None:
        expected = stream.size or job.file.about_bytes or float("inf")
        for chunk in stream.chunks:
            part.write(chunk)
            self._report(f"{job.model.id}: {job.file.name}", min(part.count / expected, 1.0))


def wrong_hash(address: str, wanted: str, found: str, remedy: str) -> SourceError:
    """The error for a file that is not the one that is locked."""
    return SourceError(
        "MOD-HASH",
        f"{address} is not the file that is locked",
        f"its SHA-256 begins {found[:16]}, not {wanted[:16]}",
        remedy,
    )


def _check_offer(file: ModelFile, place: Place, stream: Stream, start: int) -> None:
    """Before a byte of it is taken: is it the piece, and the size, that we want?"""
    if file.size and stream.size not in {None, file.size}:
        raise _wrong_size(file, place, stream.size)
    if stream.start not in {0, start}:
        raise SourceError(
            "MOD-UNREACHABLE",
            f"{place.address} answers with another part than the one asked for",
            f"it begins at byte {stream.start:,} instead of {start:,}",
            "name another --mirror",
        )


def _wrong_size(file: ModelFile, place: Place, size: int | None) -> SourceError:
    return SourceError(
        "MOD-SIZE",
        f"{place.address} is not {file.name}",
        f"it has {size} bytes instead of {file.size}",
        "name another --mirror",
    )
