"""200 failures of the vendor's runtimes in a running service: every turn ends with its answer."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
import pytest

from appliance import clock
from appliance.body import Body
from appliance.demo.asker import spoken_question
from appliance.director import Director, Policy
from appliance.observer import Bystander
from appliance.reasons import LAPSES, Outcome
from appliance.scripted_ears import ScriptedListener
from appliance.service import Service, start_service
from appliance.turn import Turn
from audio.format import RATE_HZ, Samples, Utterance
from audio.playout import RecordingLoudspeaker
from audio.ports import WakeHit
from states.events import Asked
from tests.appliance.npu.conftest import SOURCE, Board

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TALKS = [(set[str](), 170), ({"partials", "prefire"}, 30)]
INJECTIONS = sum(injections for _, injections in TALKS)
RKNN_RUN = (*("none", "nones", "no memory", "overflow") * 2, "hang", "crash")
"""Those that end the process are the rarer: a start takes longer than a turn."""
RKNN_INIT = ("no driver", "no memory", "crash", "other runtime", "old driver", "not aarch64")
RKLLM_RUN = ("run-status", "run-error", "run-silent", "run-cut", "run-segv", "run-hang")
RKLLM_CALL = ("clear-refused",)
RKLLM_INIT = ("init-oom", "init-null", "init-segv", "init-hang", "template-refused")
DEADLINE_S, LOAD_S = 0.5, 4.0
TYPED = "What does the red light mean?"


@dataclass
class Injection:
    """What goes wrong in the next turn, and in the start after it."""

    rknn: dict[str, list[str]]
    rkllm: str

    @classmethod
    def drawn(cls, rng: random.Random) -> Injection:
        (kind,) = rng.choices(("rknn", "rkllm", "start"), weights=(36, 56, 8))
        if kind == "rknn":
            return cls({"run": [rng.choice(RKNN_RUN)]}, "")
        if kind == "rkllm":
            return cls({}, rng.choice(RKLLM_RUN + RKLLM_CALL))
        if rng.random() < 0.5:  # it dies, and then it does not start
            return cls({"run": ["crash"], "init": [rng.choice(RKNN_INIT)]}, "")
        return cls({"run": ["crash"]}, rng.choice(RKLLM_INIT))


class SpokenListener(ScriptedListener):
    """What was said is a recording."""

    sound: Samples

    def _said(self, began_s: float, end_s: float | None = None) -> Utterance:
        said = super()._said(began_s, end_s)
        return Utterance(self.sound[: len(said.samples)], said.start_s, said.end_s, said.ended_at_s)


@dataclass
class Audience(Bystander):
    turns: list[Turn] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def turn(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.over.set()


@dataclass
class Talk:
    """A conversation with a service whose NPU fails as it is told."""

    board: Board
    service: Service
    question: Samples
    rng: random.Random
    lapses: Counter[str] = field(default_factory=Counter)

    async def hold(self, switches: set[str], injections: int) -> None:
        speaker, audience = RecordingLoudspeaker(self.service.engines.voice.rate_hz), Audience()
        body, policy = Body(speaker), Policy(switches)
        director = Director(self.service.engines, body, policy, observers=[audience])
        listener = SpokenListener(director.on_edge)
        listener.sound = self.question
        director.open(listener)
        await asyncio.sleep(0.1)
        for number in range(injections):
            injection = Injection.drawn(self.rng)
            await self.until_up()
            self.board.fail(injection.rknn, injection.rkllm)
            await self.ask(director, listener, spoken="run" in injection.rknn)
            await audience.over.wait()
            audience.over.clear()
            self.board.calm()
            self.judge(audience.turns[-1], f"{switches} {number} {injection}")
            speaker.restart()
        await director.close()
        assert len(audience.turns) == injections

    async def until_up(self) -> None:
        """Nothing is left alone any more, and the process is up: asking is what makes it so."""
        await asyncio.sleep(400)
        trust = self.service.engines.ears._trust  # type: ignore[attr-defined]
        async with asyncio.timeout(60):
            while trust.lapse() is not None:  # noqa: ASYNC110  # it revives when it is asked
                await asyncio.sleep(0.01)

    async def ask(self, director: Director, listener: SpokenListener, *, spoken: bool) -> None:
        if not spoken:
            director.post(Asked(TYPED))
            return
        director.on_edge(WakeHit("hey jarvis", 0.9, director.stream_s()))
        await asyncio.sleep(0.3)
        await listener.hear(len(self.question) / RATE_HZ)

    def judge(self, turn: Turn, what: str) -> None:
        assert turn.outcome is Outcome.ANSWERED, (what, turn.reason, turn.error)
        assert turn.sentences[0].source == SOURCE, what
        self.lapses.update(f"{part} {code}" for part, code in turn.fallback.items())


async def hold_talks(board: Board, pack: Path, talks: list[tuple[set[str], int]]) -> Counter[str]:
    async with start_service(board.config(pack)) as service:
        talk = Talk(board, service, trimmed(spoken_question("", TYPED)), random.Random(20261121))
        for switches, injections in talks:
            await talk.hold(switches, injections)
        return talk.lapses


def test_every_turn_ends_with_its_answer_and_nothing_is_left(board: Board, pack: Path) -> None:
    board.write_settings(deadline_s=DEADLINE_S, load_s=LOAD_S)
    clock.run(hold_talks(board, pack, []), realtime=False)  # whatever is opened once, is open
    before = open_files()
    lapses = clock.run(hold_talks(board, pack, TALKS), realtime=False)
    assert {lapse.split()[1] for lapse in lapses} <= set(LAPSES)
    assert lapses.total() > INJECTIONS / 2
    assert not psutil.Process().children(recursive=True)
    assert open_files() == before


def trimmed(sound: Samples) -> Samples:
    """Without the silence around it, which costs the spare its time."""
    loud = np.flatnonzero(np.abs(sound) > 200)
    return sound[loud[0] : loud[-1]]


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
