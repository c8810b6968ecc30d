"""What engines take on this machine: to load, to begin, to finish, and in memory.

In each round every engine is started, does each of its tasks twice, and is ended, so that no two
are loaded at once. The first of two runs is not counted. Rounds go through the engines forwards and
backwards by turns, so that a machine that gets slower is unfair to none.
"""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

from appliance.bench.roles import ANSWER_TOKENS, PROMPT_TOKENS, VENDOR_TASK, Role
from appliance.bench.subjects import Subject
from appliance.clock import wall_s
from appliance.engines.remote import RemoteEars, RemoteMind, RemoteVoice
from appliance.engines.worker import Worker
from appliance.errors import EngineError
from appliance.procfs import peak_mb
from audio.format import RATE_HZ, Samples


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run of a task; None: such an engine has no such figure.

    Attributes:
        first_ms: to the first token, sentence or chunk of sound.
        whole_s: to the end.
        prefill_tokens_per_s, decode_tokens_per_s: tokens read and written a second.
        rtf: seconds of work for a second of sound.
        load_s: from the process's start until it could work.
        peak_mb: the most memory of the process, mapped files included; not what a driver holds.
        did: what it turned out to do ("9 words heard").
    """

    first_ms: float | None = None
    whole_s: float | None = None
    prefill_tokens_per_s: float | None = None
    decode_tokens_per_s: float | None = None
    rtf: float | None = None
    load_s: float | None = None
    peak_mb: float | None = None
    did: str = ""


class Task(NamedTuple):
    """What an engine is to do."""

    name: str
    run: Callable[[Worker], Awaitable[Figures]]


class Spread(NamedTuple):
    """Of the rounds."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Row:
    """One engine at one task.

    Attributes:
        figures: by their names in `Figures`.
        rounds: in which it was measured.
        error: why it was not, or not to the end; None: it was.
    """

    engine: str
    role: Role
    model: str
    task: str
    did: str
    figures: Mapping[str, Spread]
    rounds: int
    error: EngineError | None


@dataclass
class _Record:
    """Of one engine."""

    rounds: list[list[Figures]] = field(default_factory=list)
    error: EngineError | None = None


async def measure(
    subjects: Sequence[Subject],
    tasks: Mapping[str, Sequence[Task]],
    rounds: int,
    report: Callable[[str, float], None],
) -> list[Row]:
    """Measure every engine at its tasks; one that fails is left out of later rounds.

    Args:
        subjects: the engines.
        tasks: of each engine, by its name.
        rounds: how often each is started.
        report: takes what is being done, and the share of everything that is (0..1).
    """
    records = {subject.engine: _Record() for subject in subjects}
    for number in range(rounds):
        for place, subject in enumerate(subjects if number % 2 == 0 else reversed(subjects)):
            done = (number + place / len(subjects)) / rounds
            report(f"round {number + 1} of {rounds}: {subject.engine}", done)
            record = records[subject.engine]
            if record.error is None:
                try:
                    record.rounds.append(await _round(subject.worker, tasks[subject.engine]))
                except EngineError as error:
                    record.error = error
    return [
        row
        for subject in subjects
        for row in _rows(subject, tasks[subject.engine], records[subject.engine])
    ]


async def _round(worker: Worker, tasks: Sequence[Task]) -> list[Figures]:
    began_s = wall_s()
    try:
        await worker.start()
        load_s = wall_s() - began_s
        found = []
        for task in tasks:
            await task.run(worker)
            found.append(await task.run(worker))
        most_mb = peak_mb(worker.pid or 0)
    finally:
        await worker.stop()
    return [replace(figures, load_s=load_s, peak_mb=most_mb) for figures in found]


def _rows(subject: Subject, tasks: Sequence[Task], record: _Record) -> list[Row]:
    """One for each task; a single one where none was done."""
    told = subject.engine, subject.role, subject.model
    if not record.rounds:
        return [Row(*told, "", "", {}, 0, record.error)]
    return [
        Row(*told, task.name, runs[-1].did, _spreads(runs), len(runs), record.error)
        for task, runs in zip(tasks, zip(*record.rounds, strict=True), strict=True)
    ]


def _spreads(runs: Sequence[Figures]) -> dict[str, Spread]:
    values: dict[str, list[Any]] = {}
    for run in runs:
        for name, value in asdict(run).items():
            values.setdefault(name, []).append(value)
    del values["did"]
    known = {name: [v for v in found if v is not None] for name, found in values.items()}
    return {
        name: Spread(statistics.median(found), min(found), max(found))
        for name, found in known.items()
        if found
    }


def hearing(sound: Samples) -> Task:
    """Recognise this sound (int16 [n] at RATE_HZ)."""
    sound_s = len(sound) / RATE_HZ

    async def run(worker: Worker) -> Figures:
        began_s = wall_s()
        heard = await RemoteEars(worker).transcribe(sound)
        whole_s = wall_s() - began_s
        words = f"{len(heard.text.split())} words heard"
        return Figures(whole_s=whole_s, rtf=whole_s / sound_s, did=words)

    return Task(f"{sound_s:.1f} s of sound", run)


def quoting(question: str) -> Task:
    """Look a question up, and quote."""

    async def run(worker: Worker) -> Figures:
        mind, began_s = RemoteMind(worker), wall_s()
        first_ms, count = None, 0
        passages = await mind.retrieve(question)
        async with aclosing(mind.answer(question, passages)) as sentences:
            async for _ in sentences:
                first_ms = first_ms or 1000 * (wall_s() - began_s)
                count += 1
        did = f"{len(passages)} passages, {count} sentences"
        return Figures(first_ms=first_ms, whole_s=wall_s() - began_s, did=did)

    return Task("a question", run)


async def _writing(worker: Worker) -> Figures:
    """Read and write so many tokens; the figures are those of the engine's own library."""
    asked = {"prompt_tokens": PROMPT_TOKENS, "answer_tokens": ANSWER_TOKENS}
    began_s = wall_s()
    perf = (await worker.call("measure", asked)).header
    return Figures(
        first_ms=perf["first_token_ms"],
        whole_s=wall_s() - began_s,
        prefill_tokens_per_s=perf["prefill_tokens_per_s"],
        decode_tokens_per_s=perf["decode_tokens_per_s"],
        did=f"{perf['prefill_tokens']} in, {perf['answer_tokens']} out",
    )


WRITING = Task(VENDOR_TASK, _writing)


def speaking(text: str) -> Task:
    """Say a sentence."""

    async def run(worker: Worker) -> Figures:
        voice, began_s = RemoteVoice(worker), wall_s()
        first_ms, count = None, 0
        async with aclosing(voice.synthesise(text)) as chunks:
            async for chunk in chunks:
                first_ms = first_ms or 1000 * (wall_s() - began_s)
                count += len(chunk)
        whole_s, sound_s = wall_s() - began_s, count / voice.rate_hz
        rtf = whole_s / sound_s if sound_s else None
        did = f"{sound_s:.1f} s of sound"
        return Figures(first_ms=first_ms, whole_s=whole_s, rtf=rtf, did=did)

    return Task(f"{len(text)} characters", run)
