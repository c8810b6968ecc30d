"""An engine may crash, hang, talk nonsense or be interrupted; the service goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import clock
from appliance.engines import wire
from appliance.engines.wire import Json, Message
from appliance.engines.worker import Worker
from appliance.errors import EngineError

HERE = f"{__name__}:MoodyServant"


class MoodyServant:
    """Does as it is told, the wrong things included."""

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken

    def load(self) -> Json:
        if self.broken:
            raise EngineError("ENG-NO-MODEL", "no model", "it is missing", "fetch it")
        print("a native library that prints")
        return {"rate_hz": 16_000}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:
        match op:
            case "echo":
                yield Message(args, payload)
            case "count":
                for number in range(args["to"]):
                    yield Message({"number": number})
            case "crash":
                os.write(2, b"librkllmrt: matmul failed\n")
                os.kill(os.getpid(), signal.SIGSEGV)
            case "hang":
                signal.pause()
            case "refuse":
                raise EngineError("ENG-REFUSED", "refused", "no reason", "ask nicely")
            case "bug":
                raise ZeroDivisionError("oops")
            case "babble":
                _wire_out().write(b"\xff" * 64)


def _wire_out() -> IO[bytes]:
    """The pipe that only the host should write to; the heart's doesn't block."""
    pipes = [fd for fd in range(3, 64) if _is_pipe(fd) and os.get_blocking(fd)]
    return os.fdopen(pipes[0], "wb", buffering=0, closefd=False)


def _is_pipe(descriptor: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def with_worker(
    act: Callable[[Worker], Awaitable[None]], *, deadline_s: float = 20.0, **settings: bool
) -> None:
    async def whole() -> None:
        worker = Worker("moody", HERE, settings, deadline_s=deadline_s)
        try:
            await act(worker)
        finally:
            await worker.stop()

    clock.run(whole(), realtime=False)


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))


def test_bytes_and_words_come_back_as_they_were_sent() -> None:
    async def act(worker: Worker) -> None:
        reply = await worker.call("echo", {"text": "grüß Gott ☃"}, bytes(range(256)) * 1000)
        assert reply == Message({"text": "grüß Gott ☃"}, bytes(range(256)) * 1000)
        assert worker.info == {"rate_hz": 16_000}

    with_worker(act)


@pytest.mark.parametrize(("mood", "code"), [("crash", "ENG-CRASHED"), ("babble", "ENG-CRASHED")])
def test_a_crash_costs_one_job(mood: str, code: str) -> None:
    async def act(worker: Worker) -> None:
        with pytest.raises(EngineError) as caught:
            await worker.call(mood, {})
        assert caught.value.code == code
        assert (await worker.call("echo", {"again": 1})).header == {"again": 1}

    with_worker(act)


def test_other_settings_take_effect_after_the_job_under_way() -> None:
    async def act(worker: Worker) -> None:
        await worker.start()
        first = worker.pid
        counting = asyncio.ensure_future(worker.call("echo", {"first": 1}))
        await asyncio.sleep(0)
        await worker.refit({"broken": False})
        assert (await counting).header == {"first": 1}
        assert worker.pid not in {None, first}
        with pytest.raises(EngineError, match="no model"):
            await worker.refit({"broken": True})
        assert (await worker.call("echo", {"again": 1})).header == {"again": 1}

    with_worker(act)


def test_last_words_of_a_crash_are_the_cause() -> None:
    async def act(worker: Worker) -> None:
        with pytest.raises(EngineError, match="matmul failed") as caught:
            await worker.call("crash", {})
        assert "-11" in caught.value.cause

    with_worker(act)


def test_a_hang_is_killed_at_its_deadline_and_the_next_job_works() -> None:
    async def act(worker: Worker) -> None:
        await worker.start()
        hung = worker.pid
        with pytest.raises(EngineError) as caught:
            await worker.call("hang", {})
        assert caught.value.code == "ENG-STUCK"
        assert hung is not None
        assert not psutil.pid_exists(hung)
        assert (await worker.call("echo", {})).header == {}

    with_worker(act, deadline_s=0.3)


def test_an_engines_own_error_keeps_its_code_and_its_process() -> None:
    async def act(worker: Worker) -> None:
        await worker.start()
        before = worker.pid
        for op, code in (("refuse", "ENG-REFUSED"), ("bug", "ENG-INTERNAL")):
            with pytest.raises(EngineError) as caught:
                await worker.call(op, {})
            assert caught.value.code == code
        assert worker.pid == before

    with_worker(act)


def test_an_engine_that_cannot_load_says_why() -> None:
    async def act(worker: Worker) -> None:
        with pytest.raises(EngineError) as caught:
            await worker.start()
        assert (caught.value.code, caught.value.remedy) == ("ENG-NO-MODEL", "fetch it")

    with_worker(act, broken=True)


def test_a_job_left_early_leaves_nothing_for_the_next() -> None:
    async def act(worker: Worker) -> None:
        numbers = worker.stream("count", {"to": 100_000})
        assert (await anext(numbers)).header == {"number": 0}
        await numbers.aclose()  # type: ignore[attr-defined]  # an async generator
        assert (await worker.call("echo", {"next": True})).header == {"next": True}

    with_worker(act)


def test_a_job_cancelled_while_it_waits_leaves_nothing_for_the_next() -> None:
    async def act(worker: Worker) -> None:
        await worker.start()
        for _ in range(5):
            job = asyncio.ensure_future(worker.call("count", {"to": 1000}))
            await asyncio.sleep(0)
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
        assert (await worker.call("echo", {"next": True})).header == {"next": True}

    with_worker(act)


def test_a_job_cancelled_while_the_engine_loads_leaves_it_loading() -> None:
    async def act(worker: Worker) -> None:
        job = asyncio.ensure_future(worker.call("echo", {}))
        with clock.working():
            while worker.pid is None:  # noqa: ASYNC110  # nothing tells that it is about to load
                await asyncio.sleep(0.001)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        loading = worker.pid
        assert not worker.is_up
        assert (await worker.call("echo", {"next": True})).header == {"next": True}
        assert (worker.is_up, worker.pid) == (True, loading)
        assert worker.info == {"rate_hz": 16_000}

    with_worker(act)


def test_each_job_has_its_own_deadline() -> None:
    async def act(worker: Worker) -> None:
        worker._deadlines_s = {"hang": 0.2}
        with pytest.raises(EngineError) as caught:
            await worker.call("hang", {})
        assert caught.value.code == "ENG-STUCK"
        assert not worker.is_up

    with_worker(act, deadline_s=1000.0)


def test_no_process_outlives_the_service() -> None:
    async def act(worker: Worker) -> None:
        await worker.start()
        pid = worker.pid
        await worker.stop()
        await worker.stop()
        assert pid is not None
        assert not psutil.pid_exists(pid)

    with_worker(act)


@given(st.dictionaries(st.text(), st.integers() | st.text(), max_size=5), st.binary())
def test_messages_survive_the_wire(header: Json, payload: bytes) -> None:
    header.pop("bytes", None)
    sent = wire.encode(header, payload)
    length = wire.header_length(sent[:4])
    got, payload_length = wire.decode_header(sent[4 : 4 + length])
    assert got == header
    assert sent[4 + length :] == payload
    assert payload_length == len(payload)


@given(st.binary(min_size=4))
def test_nonsense_on_the_wire_is_recognised(nonsense: bytes) -> None:
    try:
        length = wire.header_length(nonsense[:4])
        header, _ = wire.decode_header(nonsense[4 : 4 + length])
    except wire.WireError:
        return
    assert isinstance(header, dict)
