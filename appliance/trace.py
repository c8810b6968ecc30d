"""A trace: what happens in a conversation, written to a file that `appliance replay` draws.

JSON Lines. The first line is the header, every other one a record with its kind in `k` and its
stream time in `t`. Words and sound are in it only where the owner asked for them.
"""

from __future__ import annotations

import base64
import errno
import json
import logging
import os
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, BinaryIO, Self

from appliance.errors import ApplianceError
from appliance.record import Turn
from appliance.report import Entry, as_json
from audio.ears import Reading
from audio.format import RATE_HZ, Samples
from audio.level import level_db
from states.state import State

log = logging.getLogger(__name__)

FORMAT = "trace/1"
SYNC_S = 1.0
"""How often what happened goes to the disk: a power cut loses no more."""
WAITING_LINES = 2_000
"""Lines that may wait for a slow disk, about a minute; then the oldest are lost, and counted."""
LONGEST_LINE = 1 << 20
LARGEST_FILE = 1 << 30
"""A trace ends there: six hours with sound, four days without (measured: 46 and 2.9 kB/s)."""
PLAYED_S = 0.5
"""The loudspeaker's sound goes into records of at most this length."""
LEVEL_S = 0.032
ROOM_BYTES = 64 * 1024
"""A full disk must have so much again before a trace goes on, or it would go on and off."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What a disk says that may have room again later: a trace waits for that."""

_NO_WORDS = frozenset(
    {
        *("turn_id", "outcome", "reason", "wake", "speech", "audio_s", "heard_s"),
        *("states", "timings_ms", "fallback"),
    }
)
"""What a turn's record may hold when words are private. Whatever else it has, may be words."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a trace is of, and what it holds.

    Attributes:
        profile: which engines.
        thresholds: wake phrase → score from which it counts.
        onset: probability from which a frame begins to be speech.
        release: probability below which speech pauses.
        sound: whether what was heard and played is in it.
        words: whether what was said and answered is in it.
    """

    profile: str
    thresholds: Mapping[str, float]
    onset: float
    release: float
    sound: bool = False
    words: bool = False


class TraceWriter:
    """Writes a trace as things happen; an `Observer`, for the loop's thread.

    A context manager: the file is open, and the thread `trace` runs, inside it. A disk that
    fails ends the trace, not the conversation, and so does its size; `failure` says why. A disk
    that is full makes a gap in it: what happens meanwhile is shed, and a record `gap` counts it.
    """

    def __init__(self, path: Path, header: Header, largest_bytes: int = LARGEST_FILE) -> None:
        self.path, self._header = path, header
        self._room = largest_bytes
        self._lines: deque[bytes] = deque(maxlen=WAITING_LINES)
        self._now_s = 0.0
        self._whole_bytes = 0  # of the file: up to here every line is whole
        self._is_quiet = self._is_full = False
        self._told = 0  # of those shed, how many the file tells of
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="trace", daemon=True)
        self.lost = self.shed = 0
        """Records that a slow disk cost, and those that a full one did."""
        self.failure: ApplianceError | None = None

    def __enter__(self) -> Self:
        """Make the file, for its owner's eyes only, and write the header.

        Raises:
            ApplianceError: `TRACE-WRITE`.
        """
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file: BinaryIO = os.fdopen(handle, "wb", buffering=0)
            os.fchmod(handle, 0o600)  # the file may have been there before
            self._append(_line({"format": FORMAT, "rate_hz": RATE_HZ, **asdict(self._header)}))
        except OSError as error:
            raise _unwritable(self.path, error) from error
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        """Write what is left."""
        self._stopping.set()
        self._thread.join()
        self._file.close()

    # -- the observer -----------------------------------------------------------------------

    def reading(self, reading: Reading) -> None:
        """The ears heard a frame."""
        self._now_s = reading.frame.captured_at
        self._put(
            "reading",
            self._now_s,
            db=round(reading.level_db, 1),
            speech=_3(reading.speech),
            wake={phrase: _3(score) for phrase, score in reading.scores.items()},
            **self._sound(reading.frame.samples),
        )

    def state(self, state: State, at_s: float) -> None:
        """The conversation is in another state."""
        self._put("state", at_s, state=state.value)

    def partial(self, text: str) -> None:
        """So much was recognised while somebody speaks."""
        said = {"text": text} if self._header.words else {}
        self._put("partial", self._now_s, words=len(text.split()), **said)

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        document = as_json(self._header.profile, [Entry("", turn)])["turns"][0]
        heard = turn.transcript.text if turn.transcript else ""
        said = " ".join(turn.spoken)
        if self._header.words:
            document["spoken"] = said
        else:
            document = {key: value for key, value in document.items() if key in _NO_WORDS}
        counts = {"heard_words": len(heard.split()), "said_words": len(said.split())}
        at_s = turn.states[-1][1] if turn.states else self._now_s
        error = {"error_code": turn.error.code} if turn.error else {}
        self._put(
            "turn",
            at_s,
            **document,
            **counts,
            **error,
            asked_s=_3(turn.asked_s),
            stages={name: [_3(begun), _3(ended)] for name, (begun, ended) in turn.stages.items()},
            scores=[_3(passage.score) for passage in turn.passages],
        )

    def played(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        """The loudspeaker plays these samples from `at_s` on."""
        step = round(PLAYED_S * rate_hz)
        for first in range(0, len(samples), step):
            part = samples[first : first + step]
            self._put(
                "played",
                at_s + first / rate_hz,
                rate_hz=rate_hz,
                samples=len(part),
                db=levels_db(part, rate_hz),
                **self._sound(part),
            )

    # -- the file ---------------------------------------------------------------------------

    def _sound(self, samples: Samples) -> dict[str, str]:
        if not self._header.sound:
            return {}
        return {"pcm": base64.b64encode(samples.astype("<i2").tobytes()).decode("ascii")}

    def _put(self, kind: str, at_s: float, **values: Any) -> None:  # noqa: ANN401  # JSON
        if self.failure is not None:
            return
        if len(self._lines) == WAITING_LINES:
            self.lost += 1
        self._lines.append(_line({"k": kind, "t": _3(at_s), **values}))

    def quiet(self, full: bool) -> None:  # noqa: FBT001  # a callback of `Guarding`
        """Whether the disk is so full that nothing may be written that isn't needed."""
        self._is_quiet = full

    def _run(self) -> None:
        last = False
        while not last:
            last = self._stopping.wait(SYNC_S)
            try:
                self._write_waiting()
            except OSError as error:
                if error.errno in _NO_ROOM:
                    self._make_a_gap(error)
                else:
                    self.failure = _unwritable(self.path, error)
            if self.failure is not None:
                log.error("the trace ends here: %s", self.failure)
                return

    def _write_waiting(self) -> None:
        if self._is_quiet or (self._is_full and not self._has_room()):
            self._shed()
            return
        if self._lines and self.shed > self._told:
            shed = self.shed - self._told
            self._append(_line({"k": "gap", "t": _3(self._now_s), "records": shed}))
            self._told += shed
        while self._lines and self.failure is None:
            line = self._lines.popleft()
            try:
                self._append(line)
            except OSError:
                self.shed += 1
                raise
            if self._room < LONGEST_LINE:
                self.failure = _full(self.path)
        os.fdatasync(self._file.fileno())
        if self._is_full:
            self._is_full = False
            log.warning("there is room again: the trace goes on, without %d records", self.shed)

    def _has_room(self) -> bool:
        disk = os.fstatvfs(self._file.fileno())
        return disk.f_bavail * disk.f_frsize >= ROOM_BYTES

    def _append(self, line: bytes) -> None:
        """The whole line; a disk that has room for half of it takes half."""
        rest = memoryview(line)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._whole_bytes += len(line)
        self._room -= len(line)

    def _make_a_gap(self, error: OSError) -> None:
        """The disk is full: told once, and tried again with what happens next."""
        os.ftruncate(self._file.fileno(), self._whole_bytes)
        os.lseek(self._file.fileno(), self._whole_bytes, os.SEEK_SET)
        self._shed()
        if not self._is_full:
            self._is_full = True
            log.error("the trace has a gap from here: %s", _unwritable(self.path, error))

    def _shed(self) -> None:
        for _ in range(len(self._lines)):
            self._lines.popleft()
            self.shed += 1


def levels_db(samples: Samples, rate_hz: int) -> list[float]:
    """The level of every LEVEL_S of sound; the last may be shorter."""
    step = max(1, round(LEVEL_S * rate_hz))
    return [round(level_db(samples[i : i + step]), 1) for i in range(0, len(samples), step)]


def _line(record: Mapping[str, Any]) -> bytes:
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii") + b"\n"


def _3(number: float) -> float:
    return round(float(number), 3)


def _full(path: Path) -> ApplianceError:
    return ApplianceError(
        "TRACE-FULL",
        f"the trace {path} has ended, the conversation has not",
        "it is as large as a trace may be",
        "begin another one; without --with-sound it lasts about sixteen times as long",
    )


def _unwritable(path: Path, error: OSError) -> ApplianceError:
    return ApplianceError(
        "TRACE-WRITE",
        f"the trace {path} cannot be written",
        error.strerror or str(error),
        "check the folder, its permissions and the space left, or name another file",
    )
