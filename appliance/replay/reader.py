"""Reads traces. A last line that a power cut left unfinished is tolerated, and told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np

from appliance.errors import ApplianceError
from appliance.replay.records import BrokenError, Record
from appliance.trace import FORMAT, LONGEST_LINE, Header
from audio.format import RATE_HZ, Samples

_LOWEST_HZ, _HIGHEST_HZ = 8_000, 192_000
_MANY = 1 << 20


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame of the microphone, as the ears judged it; `at_s` is its end."""

    at_s: float
    level_db: float
    speech: float
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Played:
    """Sound of the loudspeaker, from `at_s` on; a level for every `trace.LEVEL_S`."""

    at_s: float
    rate_hz: int
    samples: int
    levels_db: Sequence[float]

    @property
    def until_s(self) -> float:
        """When its last sample sounded."""
        return self.at_s + self.samples / self.rate_hz


@dataclass(frozen=True, slots=True)
class Wake:
    """The wake phrase that began a turn."""

    phrase: str
    score: float
    at_s: float


@dataclass(frozen=True, slots=True)
class TracedTurn:
    """What became of a turn.

    Attributes:
        at_s: when it was over.
        speech: when the question began and truly ended; None where none was spoken.
        states: (name, since) in order, from the one before the turn to the one after it.
        timings_ms: as `appliance ask --json`.
        stages: when each stage began and ended.
        asked_s: when the question had been asked: the true end of speech. 0 where none was.
        transcript: what was understood; None where words are private.
        spoken: what was answered; None where words are private.
        scores: of the passages, best first.
    """

    id: int
    at_s: float
    outcome: str
    reason: str
    wake: Wake | None
    speech: tuple[float, float] | None
    states: Sequence[tuple[str, float]]
    timings_ms: Mapping[str, float]
    stages: Mapping[str, tuple[float, float]]
    asked_s: float
    heard_words: int
    said_words: int
    transcript: str | None
    spoken: str | None
    sources: Sequence[str]
    scores: Sequence[float]
    error_code: str | None


@dataclass(slots=True)
class Trace:
    """A whole trace, without its sound. `cut` says that its last line was cut off."""

    header: Header
    heard: list[Heard] = field(default_factory=list)
    states: list[tuple[str, float]] = field(default_factory=list)
    partials: list[tuple[str, float]] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)
    turns: list[TracedTurn] = field(default_factory=list)
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """Sound of a stretch of the stream; digital silence where none was kept."""

    samples: Samples
    rate_hz: int


def read_trace(path: Path) -> Trace:
    """Everything but the sound.

    Raises:
        ApplianceError: `TRACE-READ`, `TRACE-FORMAT` (no trace, or of another version) or
            `TRACE-BROKEN` (a line in the middle is no record).
    """
    with _opened(path) as lines:
        trace = Trace(lines.header())
        for record in lines:
            match record.text("k"):
                case "reading":
                    trace.heard.append(_heard(record))
                case "state":
                    trace.states.append((record.text("state"), record.seconds("t")))
                case "partial" if "text" in record:
                    trace.partials.append((record.text("text"), record.seconds("t")))
                case "played":
                    trace.played.append(_played(record))
                case "turn":
                    trace.turns.append(_turn(record))
        trace.cut = lines.cut
    return trace


def read_sound(path: Path, from_s: float, to_s: float) -> tuple[Sound, Sound]:
    """What was heard and what was played between two times of the stream.

    Raises:
        ApplianceError: as `read_trace`.
    """
    heard = _Stretch(from_s, to_s, RATE_HZ)
    played: _Stretch | None = None
    with _opened(path) as lines:
        lines.header()
        for record in lines:
            kind = record.text("k") if "pcm" in record else ""
            if kind == "reading":
                samples = record.samples("pcm")
                heard.put(record.seconds("t") - len(samples) / RATE_HZ, samples)
            elif kind == "played":
                rate_hz = record.whole("rate_hz", _LOWEST_HZ, _HIGHEST_HZ)
                played = played or _Stretch(from_s, to_s, rate_hz)
                played.put(record.seconds("t"), record.samples("pcm"))
    return heard.sound, (played or _Stretch(from_s, to_s, RATE_HZ)).sound


class _Stretch:
    """Sound between two times, filled in as it is found."""

    def __init__(self, from_s: float, to_s: float, rate_hz: int) -> None:
        self.sound = Sound(np.zeros(max(1, round((to_s - from_s) * rate_hz)), np.int16), rate_hz)
        self._from_s = from_s

    def put(self, at_s: float, samples: Samples) -> None:
        first = round((at_s - self._from_s) * self.sound.rate_hz)
        if first < len(self.sound.samples):
            room = self.sound.samples[max(0, first) :]
            part = samples[max(0, -first) :][: len(room)]
            room[: len(part)] = part


class _Lines:
    """The records of a file, one after the other; knows where a broken one stands."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path, self._file = path, file
        self._number = 0
        self.cut = False

    def __iter__(self) -> Iterator[Record]:
        while line := self._file.readline(LONGEST_LINE + 1):
            self._number += 1
            if len(line) > LONGEST_LINE:
                raise BrokenError("it is too long")
            try:
                record = Record.parse(line)
            except BrokenError:
                if self._number == 1 or line.endswith(b"\n"):
                    raise
                self.cut = True
                return
            yield record

    def header(self) -> Header:
        """The first line."""
        first = next(iter(self), None)
        if first is None:
            raise BrokenError("it is empty")
        if (kind := first.optional_text("format")) != FORMAT:
            raise BrokenError(f"it says `{kind}`, and this program reads `{FORMAT}`")
        return Header(
            profile=first.text("profile"),
            thresholds=first.numbers("thresholds", 0.0, 1.0),
            onset=first.number("onset", 0.0, 1.0),
            release=first.number("release", 0.0, 1.0),
            sound=first.flag("sound"),
            words=first.flag("words"),
        )

    def error(self, broken: BrokenError) -> ApplianceError:
        """What a person should know of a broken line."""
        if self._number <= 1:
            return ApplianceError(
                "TRACE-FORMAT",
                f"{self._path} is no trace that can be drawn",
                str(broken),
                "name a file that `appliance listen --trace` of this version wrote",
            )
        return ApplianceError(
            "TRACE-BROKEN",
            f"the trace {self._path} is broken in line {self._number}",
            str(broken),
            f"keep the lines before it: head -n {self._number - 1}",
        )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[_Lines]:
    try:
        with path.open("rb") as file:
            lines = _Lines(path, file)
            try:
                yield lines
            except BrokenError as broken:
                raise lines.error(broken) from broken
    except OSError as error:
        raise ApplianceError(
            "TRACE-READ",
            f"the trace {path} cannot be read",
            error.strerror or str(error),
            "name a file that `appliance listen --trace` wrote",
        ) from error


def _heard(record: Record) -> Heard:
    return Heard(
        at_s=record.seconds("t"),
        level_db=record.number("db", -200.0, 200.0),
        speech=record.number("speech", 0.0, 1.0),
        scores=record.numbers("wake", 0.0, 1.0),
    )


def _played(record: Record) -> Played:
    return Played(
        at_s=record.seconds("t"),
        rate_hz=record.whole("rate_hz", _LOWEST_HZ, _HIGHEST_HZ),
        samples=record.whole("samples", 0, _MANY),
        levels_db=record.levels("db", -200.0, 200.0),
    )


def _turn(record: Record) -> TracedTurn:
    wake, speech = record.part("wake"), record.part("speech")
    return TracedTurn(
        id=record.whole("turn_id", 0, 1 << 53),
        at_s=record.seconds("t"),
        outcome=record.text("outcome"),
        reason=record.text("reason"),
        wake=_wake(wake) if wake else None,
        speech=(speech.seconds("start_s"), speech.seconds("end_s")) if speech else None,
        states=record.moments("states"),
        timings_ms=record.numbers("timings_ms", -1e9, 1e9),
        stages=record.spans("stages"),
        asked_s=record.seconds("asked_s"),
        heard_words=record.whole("heard_words", 0, _MANY),
        said_words=record.whole("said_words", 0, _MANY),
        transcript=record.optional_text("transcript"),
        spoken=record.optional_text("spoken"),
        sources=record.texts("sources"),
        scores=record.levels("scores", -1e3, 1e3),
        error_code=record.optional_text("error_code"),
    )


def _wake(record: Record) -> Wake:
    return Wake(record.text("phrase"), record.number("score", 0.0, 1.0), record.seconds("at_s"))
