"""One process, two runtimes: recognition goes first, and nobody is told anything twice."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from appliance import clock
from appliance.config import load_config
from appliance.engines.npu import Npu
from appliance.engines.ports import Passage
from appliance.engines.worker import Worker
from appliance.errors import EngineError
from appliance.processes import npu_worker
from audio.format import Samples
from tests.appliance.engines.rknn.graphs import tone
from tests.appliance.npu.conftest import QUESTION, Board

LIGHT = Passage("A red light means stop. A blue one means go.", "guide.md#light", "it", 0.9)
LAMP = Passage("The lamp is green.", "guide.md#lamp", "it", 0.5)
SOUND: Samples = tone(440, 1.5)
FIRST, SECOND = "A red light means stop.", "A blue one means go."


@pytest.fixture
def gate(board: Board, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A prefill lasts until a byte is written here."""
    path = board.folder / "gate"
    os.mkfifo(path)
    monkeypatch.setenv("RKLLM_FAKE_GATE", str(path))
    monkeypatch.setenv("RKLLM_FAKE_REPLY", f"{FIRST} {SECOND}")
    return path


@asynccontextmanager
async def prefill(gate: Path) -> AsyncIterator[None]:
    """Inside, the library is at a prefill, which ends on the way out."""
    with clock.working():
        pipe = await asyncio.to_thread(gate.open, "wb", buffering=0)  # once the library opens it
    with pipe:
        yield
        pipe.write(b"!")


async def started(worker: Worker, gate: Path) -> None:
    starting = asyncio.ensure_future(worker.start())
    async with prefill(gate):
        """The head."""
    await starting


def with_npu(board: Board, act: Callable[[Npu, Worker], Awaitable[None]]) -> None:
    async def whole() -> None:
        worker = npu_worker(load_config("rk3576", board.settings))
        assert worker is not None
        try:
            await act(Npu(worker), worker)
        finally:
            await worker.stop()

    clock.run(whole(), realtime=False)


async def told(npu: Npu) -> list[str]:
    async with aclosing(npu.answer("which light?", [LIGHT, LAMP])) as sentences:
        return [sentence.text async for sentence in sentences]


def test_both_runtimes_load_in_one_process(board: Board) -> None:
    async def act(npu: Npu, worker: Worker) -> None:
        await worker.start()
        assert worker.info["recognition"]["model"] == "sensevoice"
        assert worker.info["answers"]["version"] == "1.3.0"
        pid = worker.pid
        assert (await npu.transcribe(SOUND)).text == QUESTION
        assert (await told(npu))[0].startswith("A red light")
        assert worker.pid == pid

    with_npu(board, act)


def test_recognition_comes_first_and_the_answer_begins_anew(
    board: Board, gate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is at its prefill, which can't be interrupted; its first token is its last."""
    monkeypatch.setenv("RKLLM_FAKE_PACE", "20")

    async def act(npu: Npu, worker: Worker) -> None:
        await started(worker, gate)
        answering = asyncio.ensure_future(told(npu))
        async with prefill(gate):
            hearing = asyncio.ensure_future(npu.transcribe(SOUND))
            await asyncio.sleep(0.1)
        assert (await hearing).text == QUESTION
        assert not answering.done()
        async with prefill(gate):
            """The passages, again."""
        assert await answering == [FIRST, SECOND]

    with_npu(board, act)
    assert len(board.bench.calls("abort running")) == 1


def test_reading_is_given_up_between_passages_and_what_was_read_stays_read(
    board: Board, gate: Path
) -> None:
    async def act(npu: Npu, worker: Worker) -> None:
        await started(worker, gate)
        reading = asyncio.ensure_future(npu.prime([LIGHT, LAMP]))
        async with prefill(gate):
            hearing = asyncio.ensure_future(npu.transcribe(SOUND))
            await asyncio.sleep(0.1)
        assert (await hearing).text == QUESTION
        await reading
        answering = asyncio.ensure_future(told(npu))
        async with prefill(gate):
            """What is left."""
        assert await answering == [FIRST, SECOND]

    with_npu(board, act)
    _head, light, question = board.bench.calls("prefill ")
    assert ("A red light" in light, "which light?" in light) == (True, False)
    assert ("A red light" in question, "which light?" in question) == (False, True)
    assert "green" in question, "the second passage was left to the answer"


def test_a_sentence_that_waits_for_its_voice_does_not_keep_the_npu(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody says "stop" while the first sentence is being spoken."""
    monkeypatch.setenv("RKLLM_FAKE_REPLY", f"{FIRST} {SECOND}")
    monkeypatch.setenv("RKLLM_FAKE_PACE", "10")

    async def act(npu: Npu, worker: Worker) -> None:
        async with aclosing(npu.answer("which light?", [LIGHT, LAMP])) as sentences:
            said = [(await anext(sentences)).text]
            assert (await npu.transcribe(SOUND)).text == QUESTION
            said += [sentence.text async for sentence in sentences]
        assert said == [FIRST, SECOND]

    with_npu(board, act)
    assert board.bench.calls("abort running"), "the second sentence was begun twice"


def test_an_answer_that_is_left_leaves_the_npu_to_the_next(board: Board) -> None:
    async def act(npu: Npu, worker: Worker) -> None:
        for _ in range(3):
            async with aclosing(npu.answer("which light?", [LIGHT])) as sentences:
                await anext(sentences)
        assert (await npu.transcribe(SOUND)).text == QUESTION
        assert await told(npu)

    with_npu(board, act)


def test_a_crash_while_writing_reaches_whoever_asked(board: Board) -> None:
    async def act(npu: Npu, worker: Worker) -> None:
        await worker.start()
        board.rkllm("run-segv")
        with pytest.raises(EngineError) as caught:
            await told(npu)
        assert caught.value.code == "ENG-CRASHED"
        assert await told(npu)

    with_npu(board, act)


def test_either_part_may_be_left_to_the_cpu(board: Board) -> None:
    text = board.settings.read_text()
    for section, engine, part in (
        ("recognition", "sphinx", "answers"),
        ("answers", "reader", "recognition"),
    ):
        board.settings.write_text(text.replace(f"[{section}]", f'[{section}]\nengine = "{engine}"'))

        async def act(npu: Npu, worker: Worker, part: str = part) -> None:
            await worker.start()
            assert set(worker.info) == {part}

        with_npu(board, act)
