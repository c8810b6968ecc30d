"""A file that is still arriving: `NAME.part`, and beside it `NAME.part.state`.

The state says how many bytes are known to be on the disk; whatever lies behind them (after a
power cut: anything) is cut away before more is added. It is written after the bytes are synced,
never before.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from appliance.durable import move_durably, write_durably
from appliance.models.disk import disk_errors, no_room

CHECKPOINT_BYTES = 16 << 20


@dataclass(slots=True)
class State:
    """From where the bytes came, in which version, and how many are safe."""

    address: str = ""
    validator: str = ""
    safe_bytes: int = 0


class Partial:
    """One unfinished file, open for as long as the `with` block; every error is a ModelError."""

    def __init__(self, target: Path, checkpoint_bytes: int = CHECKPOINT_BYTES) -> None:
        """`target` is the finished file; the parts lie beside it."""
        self.path = target.with_name(f"{target.name}.part")
        self._target, self._checkpoint_bytes = target, checkpoint_bytes
        self._state_path = self.path.with_name(f"{self.path.name}.state")
        self.state = State()
        self.count = 0
        """Bytes that have arrived."""
        self._file: BinaryIO

    def __enter__(self) -> Self:
        with disk_errors(self.path):
            self._target.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab", buffering=0)
            self.state = _read_state(self._state_path)
            held = self.path.stat().st_size
            self.count = self.state.safe_bytes if self.state.safe_bytes <= held else 0
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            with disk_errors(self.path):
                self._sync()
        except Exception:
            if error is None:
                raise  # else what was wrong before is what matters; the older state still holds
        finally:
            self._file.close()

    def begin(self, address: str, validator: str, start: int, size: int | None) -> None:
        """Keep `start` bytes and go on from there, if the disk has room for `size` in all."""
        with disk_errors(self.path):
            self._file.truncate(start)
            self.count = start
            self.state.address, self.state.validator = address, validator
            self._sync()
            free = shutil.disk_usage(self.path.parent).free
        if size is not None and size - start > free:
            raise no_room(self._target, f"{size - start:,} bytes to come, {free:,} free")

    def write(self, chunk: bytes) -> None:
        """Add bytes."""
        with disk_errors(self.path):
            while chunk:
                written = self._file.write(chunk)
                self.count += written
                chunk = chunk[written:]
            if self.count - self.state.safe_bytes >= self._checkpoint_bytes:
                self._sync()

    def discard(self) -> None:
        """Forget everything that has arrived."""
        self.begin("", "", 0, None)

    def publish(self) -> None:
        """Put the file, which is complete, in its place."""
        with disk_errors(self.path):
            self._sync()
            move_durably(self.path, self._target)
            self._state_path.unlink(missing_ok=True)

    def _sync(self) -> None:
        if not self.path.exists():  # published
            return
        os.fsync(self._file.fileno())
        self.state.safe_bytes = self.count
        write_durably(self._state_path, json.dumps(asdict(self.state)))


def _read_state(path: Path) -> State:
    """What was written last; the empty state where it cannot be understood: begin anew."""
    with contextlib.suppress(FileNotFoundError, ValueError, TypeError):
        state = State(**json.loads(path.read_text(encoding="utf-8")))
        kinds = [type(value) for value in asdict(state).values()]
        if kinds == [str, str, int] and state.safe_bytes >= 0:
            return state
    return State()
