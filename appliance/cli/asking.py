"""Recordings and typed questions, one after the other, each through the state machine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.config import Config
from appliance.director import Director
from appliance.observer import Bystander, Observer
from appliance.report import Entry
from appliance.service import Service, start_service
from appliance.stream import Company, conversation
from appliance.turn import Turn
from audio.errors import AudioError
from audio.files import FileMicrophone, RecordingLoudspeaker, write_wav
from audio.format import Samples
from states import events
from states.state import State

REPORT_EVERY_S = 10.0
EARS_FAILED = "AUD-EARS"
AFTERTHOUGHT_S = 1.0
"""How long to listen after a recording's end for what is decided late, a wake phrase say."""

Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Question:
    """A recording, or a text."""

    path: Path | None = None
    text: str = ""


class AnswerFolder:
    """Where answers go: `q1.answer.wav`, `q1.answer-2.wav` for the second turn of a recording."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def write(self, stem: str, samples: Samples, rate_hz: int) -> Path:
        """Write one answer.

        Raises:
            AudioError: the folder cannot be written.
        """
        name, number = f"{stem}.answer.wav", 1
        while name in self._used:
            number += 1
            name = f"{stem}.answer-{number}.wav"
        self._used.add(name)
        _make_folder(self._folder)
        write_wav(self._folder / name, samples, rate_hz)
        return self._folder / name


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AudioError(
            "AUD-WRITE", f"cannot make the folder {folder}", str(error), "name another with --out"
        ) from error


async def ask_all(
    config: Config,
    questions: list[Question],
    out: Path,
    show: Callable[[Entry], None],
    report: Report = lambda _what, _done: None,
    observers: Sequence[Observer] = (),
) -> list[Entry]:
    """Ask every question of one service; an input that can't be used doesn't stop the others.

    Args:
        config: with a knowledge pack.
        questions: recordings and texts.
        out: folder for the answers.
        show: gets every entry as soon as it is known.
        report: gets what is being listened to, and how much of it has been (0..1).
        observers: watch every conversation.

    Raises:
        ApplianceError: the service cannot start.
    """
    entries: list[Entry] = []
    folder = AnswerFolder(out)
    async with start_service(config, loading=report) as service:
        for number, question in enumerate(questions, 1):
            sitting = Sitting(service, observers)
            for entry in await _asked(sitting, question, number, folder, report):
                entries.append(entry)
                show(entry)
    return entries


async def _asked(
    sitting: Sitting, question: Question, number: int, folder: AnswerFolder, report: Report
) -> list[Entry]:
    name = str(question.path) if question.path else f"text-{number}"
    stem = question.path.stem if question.path else name
    try:
        if question.path:
            await sitting.listen_to(question.path, report)
        else:
            await sitting.answer(question.text)
    except AudioError as error:
        reason = "FAULT" if error.code == EARS_FAILED else "BAD_AUDIO"
        return [Entry(name, error=error, reason=reason)]
    if not sitting.turns:
        return [Entry(name, reason="NO_WAKE")]
    return [Entry(name, turn, sitting.write_reply(turn, folder, stem)) for turn in sitting.turns]


class Sitting(Bystander):
    """One stream through the state machine, and the turns that came of it."""

    def __init__(self, service: Service, observers: Sequence[Observer] = ()) -> None:
        self.turns: list[Turn] = []
        self.stream_s = 0.0
        self._observers = observers
        self._service = service
        self._speaker = RecordingLoudspeaker(service.engines.voice.rate_hz)
        self._turn_ended = asyncio.Event()
        self._not_listening = asyncio.Event()

    async def listen_to(self, path: Path, report: Report) -> None:
        """A recording through the microphone, until nothing more can come of it.

        Raises:
            AudioError: it cannot be read.
        """
        exhausted = asyncio.Event()
        microphone = FileMicrophone(path, exhausted=lambda _at_s: exhausted.set())
        async with self._conversation(microphone) as director:
            length_s = microphone.recording.duration_s or REPORT_EVERY_S
            while not exhausted.is_set():
                report(path.name, min(1.0, director.stream_s() / length_s))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(exhausted.wait(), REPORT_EVERY_S)
            await asyncio.sleep(AFTERTHOUGHT_S)
            await self._not_listening.wait()
            microphone.stop()  # nothing but silence can come
            await director.settled.wait()
            self.stream_s = director.stream_s()
        if isinstance(director.failure, AudioError):
            raise director.failure

    async def answer(self, text: str) -> None:
        """A typed question."""
        async with self._conversation(None) as director:
            await director.settled.wait()
            director.post(events.Asked(text))
            await self._turn_ended.wait()

    def write_reply(self, turn: Turn, folder: AnswerFolder, stem: str) -> Path | None:
        """What was heard of a turn's reply, as a file; None if nothing was.

        Raises:
            AudioError: the file cannot be written.
        """
        rate_hz = self._speaker.rate_hz
        first = round(turn.heard_from_s * rate_hz)
        sound = self._speaker.recorded()[first : first + round(turn.heard_s * rate_hz)]
        return folder.write(stem, sound, rate_hz) if len(sound) else None

    @contextlib.asynccontextmanager
    async def _conversation(self, microphone: FileMicrophone | None) -> AsyncIterator[Director]:
        async with conversation(
            self._service, self._speaker, microphone, Company([self, *self._observers])
        ) as director:
            yield director

    def state(self, state: State, at_s: float) -> None:  # noqa: ARG002  # a port
        """Keep in mind whether an utterance is under way."""
        listening = state is State.LISTENING
        (self._not_listening.clear if listening else self._not_listening.set)()

    def turn(self, turn: Turn) -> None:
        """Keep it."""
        self.turns.append(turn)
        self._turn_ended.set()
