"""The store's folder: `ID/NAME` for every file, and `models.lock`."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from appliance.durable import write_durably
from appliance.errors import ModelError
from appliance.models.disk import disk_errors
from appliance.models.lock import Entry, Lock, parse_lock
from appliance.models.model import Model, ModelFile, Wheel

LOCK_NAME = "models.lock"


class Store:
    """Where models are kept. Nothing is created before something is pulled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock_path = folder / LOCK_NAME

    def path(self, model: Model, file: ModelFile) -> Path:
        """Where a file is, or would be: a package's in its package, any other in the folder.

        Raises:
            ModelError: (`MOD-NO-PACKAGE`) its package is not installed.
        """
        if isinstance(model.source, Wheel):
            return _in_package(model.source, file)
        return self.folder / model.id / file.name

    def holds(self, model: Model) -> bool:
        """Whether every file is there, with the size it must have; hashes are `verify`'s."""
        lock = self.lock()
        try:
            return all(
                _has_size(self.path(model, file), _size(lock.find(model.id, file.name), file))
                for file in model.files
            )
        except ModelError:  # its package is not installed
            return False

    def lock(self) -> Lock:
        """What was pulled so far; ModelError (`MOD-LOCK`, `MOD-DISK`) where that is unreadable."""
        with disk_errors(self._lock_path):
            try:
                text = self._lock_path.read_text(encoding="utf-8")
            except FileNotFoundError:
                return Lock()
            except UnicodeDecodeError as error:
                text = f"not UTF-8: {error}"  # which is no lock, and says so
        return parse_lock(text, str(self._lock_path))

    def record(self, entry: Entry) -> None:
        """Write an entry to the lock, for good."""
        text = self.lock().with_entry(entry).dump()
        with disk_errors(self._lock_path):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._lock_path, text)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else pulls into this store meanwhile; ModelError (`MOD-BUSY`) if somebody does."""
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            guard = (self.folder / ".pulling").open("w")
        with guard:
            try:
                fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ModelError(
                    "MOD-BUSY",
                    f"the store {self.folder} is in use",
                    "another `appliance models pull` is at work on it",
                    "wait for it to end",
                ) from error
            yield


def reinstall(wheel: Wheel) -> str:
    """What to type where an installed package is not as it should be."""
    return f"pip install --force-reinstall --no-deps {wheel.package}=={wheel.version}"


def _size(entry: Entry | None, file: ModelFile) -> int:
    return file.size or (entry.size if entry else 0)


def _has_size(path: Path, size: int) -> bool:
    try:
        found = path.stat().st_size
    except OSError:
        return False
    return found == size or not size


def _in_package(wheel: Wheel, file: ModelFile) -> Path:
    try:
        package = metadata.distribution(wheel.package)
    except metadata.PackageNotFoundError as error:
        raise ModelError(
            "MOD-NO-PACKAGE",
            f"{file.name} is missing",
            f"it comes in the Python package {wheel.package}, which is not installed",
            reinstall(wheel),
        ) from error
    return Path(str(package.locate_file(wheel.folder))) / file.path
