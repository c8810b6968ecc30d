"""A process that dies, hangs, freezes or swells is noticed, reported, ended and started again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance import clock
from appliance.engines import guard
from appliance.engines.allowance import Allowance
from appliance.engines.crash import Crash, Reason
from appliance.engines.process import EngineProcess
from appliance.engines.pulse import Pulse
from appliance.engines.worker import Worker
from appliance.errors import EngineError

SERVANT = "tests.fakes.servant:Obedient"
PATIENCE_S = 60.0
"""A busy machine is no failure."""


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))


class Watched:
    """A worker, and what it tells."""

    def __init__(self, hang_s: float, allowance: Allowance | None, parts: int) -> None:
        settings = {"parts": parts}
        self.worker = Worker(
            "odd",
            SERVANT,
            settings,
            deadline_s=PATIENCE_S,
            deadlines_s={"hang": hang_s},
            allowance=allowance,
        )
        self._crashes: asyncio.Queue[Crash] = asyncio.Queue()
        self.progress: list[tuple[str, float]] = []
        self._changed = asyncio.Event()
        self.worker.on_crash = self._crashes.put_nowait
        self.worker.on_loading = self._progressed

    def _progressed(self, what: str, share: float) -> None:
        self.progress.append((what, share))
        self._changed.set()

    async def crash(self) -> Crash:
        return await self._crashes.get()

    async def next_start(self) -> None:
        self._changed.clear()
        await self._changed.wait()
        await self.worker.start()

    def signal(self, number: int) -> None:
        assert self.worker.pid is not None
        os.kill(self.worker.pid, number)


def with_worker(
    act: Callable[[Watched], Awaitable[None]],
    *,
    real: bool = False,
    hang_s: float = PATIENCE_S,
    allowance: Allowance | None = None,
    parts: int = 0,
) -> None:
    async def whole() -> None:
        watched = Watched(hang_s, allowance, parts)
        try:
            await act(watched)
        finally:
            await watched.worker.stop()

    clock.run(whole(), realtime=real)


async def failing(worker: Worker, op: str, args: dict[str, Any] | None = None) -> EngineError:
    with pytest.raises(EngineError) as caught:
        await worker.call(op, args or {})
    return caught.value


@pytest.mark.parametrize("with_lock", [False, True], ids=["GIL free", "GIL held"])
def test_a_hang_in_c_leaves_the_stack_of_every_thread(with_lock: bool) -> None:
    async def act(watched: Watched) -> None:
        await watched.worker.start()
        pid = watched.worker.pid
        error = await failing(watched.worker, "hang", {"with_lock": with_lock, "text": "a secret"})
        assert error.code == "ENG-STUCK"
        crash = watched.worker.crashes[-1]
        assert (crash.reason, crash.op, crash.was_busy) == (Reason.STUCK, "hang", True)
        assert "in hang_in_c" in crash.stack
        assert "in _beat_forever" in crash.stack
        assert "secret" not in repr(crash)
        assert not psutil.pid_exists(pid or 0)

    with_worker(act, hang_s=0.3)


def test_a_crash_reports_where_and_what_but_logs_no_last_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(watched: Watched) -> None:
        error = await failing(watched.worker, "crash", {"text": "a secret"})
        assert "last words" in error.cause
        crash = await watched.crash()
        assert (crash.reason, crash.status, crash.op) == (Reason.CRASHED, -signal.SIGSEGV, "crash")
        assert "in fall_over" in crash.stack
        assert crash.last_words == "a library's last words"
        assert "secret" not in repr(crash)

    with_worker(act)
    assert "crashed in `crash`, exit status -11" in caplog.text
    assert "last words" not in caplog.text


def test_an_idle_process_that_sends_nonsense_is_replaced_before_anybody_asks() -> None:
    async def act(watched: Watched) -> None:
        await watched.worker.start()
        assert watched.worker.pid is not None
        _babble(watched.worker.pid)
        crash = await asyncio.wait_for(watched.crash(), PATIENCE_S)
        assert crash.reason is Reason.NONSENSE
        await watched.next_start()
        assert (await watched.worker.call("echo", {"a": 1})).header == {"a": 1}

    with_worker(act, real=True)


def _babble(pid: int) -> None:
    """Into the pipe on which it replies."""
    descriptors = Path(f"/proc/{pid}/fd").iterdir()
    next(fd for fd in descriptors if _is_pipe_of_its_replies(fd)).write_bytes(b"\xff" * 64)


def _is_pipe_of_its_replies(descriptor: Path) -> bool:
    """`host.main` has put it aside as the first free one."""
    ours = {str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink()}
    name = str(descriptor.readlink())
    standard = {str((descriptor.parent / str(n)).readlink()) for n in range(3)}
    return name.startswith("pipe:") and name in ours and name not in standard


def test_an_idle_process_that_freezes_is_noticed_and_replaced_and_a_sound_one_is_not() -> None:
    async def act(watched: Watched) -> None:
        sound = Worker("sound", SERVANT, {}, deadline_s=20)
        await asyncio.gather(watched.worker.start(), sound.start())
        sound_pid, frozen_pid = sound.pid, watched.worker.pid
        watched.signal(signal.SIGSTOP)
        crash = await asyncio.wait_for(watched.crash(), PATIENCE_S)
        assert (crash.reason, crash.was_busy) == (Reason.SILENT, False)
        assert "in main" in crash.stack  # it goes on once more to tell
        await watched.next_start()
        assert watched.worker.pid != frozen_pid
        assert (sound.is_up, sound.pid, list(sound.crashes)) == (True, sound_pid, [])
        await sound.stop()

    with_worker(act, real=True)


def test_a_heart_that_beats_does_not_hide_a_main_thread_that_hangs() -> None:
    async def act(watched: Watched) -> None:
        await watched.worker.call("freeze later", {})
        crash = await asyncio.wait_for(watched.crash(), PATIENCE_S)
        assert (crash.reason, crash.was_busy) == (Reason.SILENT, False)
        assert "in hang_in_c" in crash.stack

    with_worker(act, real=True)


def test_a_process_that_dies_while_idle_is_replaced_before_anybody_asks() -> None:
    async def act(watched: Watched) -> None:
        await watched.worker.start()
        watched.signal(signal.SIGKILL)
        crash = await asyncio.wait_for(watched.crash(), PATIENCE_S)
        assert (crash.reason, crash.status) == (Reason.CRASHED, -signal.SIGKILL)
        await watched.next_start()
        assert watched.worker.health().restarts == 1

    with_worker(act, real=True)


def test_a_job_that_was_cancelled_and_hangs_is_noticed_though_nobody_waits() -> None:
    async def act(watched: Watched) -> None:
        await watched.worker.start()
        job = asyncio.ensure_future(watched.worker.call("hang", {}))
        while watched.worker.health().busy_ms is None:  # noqa: ASYNC110  # nothing tells of a send
            await asyncio.sleep(0.01)
        job.cancel()
        crash = await asyncio.wait_for(watched.crash(), PATIENCE_S)
        assert (crash.reason, crash.op) == (Reason.STUCK, "hang")

    with_worker(act, real=True, hang_s=0.5)


def test_far_above_its_memory_a_process_is_killed_within_its_job() -> None:
    async def act(watched: Watched) -> None:
        growing = failing(watched.worker, "grow", {"mb": 170, "then_hang": True})
        error = await asyncio.wait_for(growing, PATIENCE_S)
        assert (error.code, error.what) == ("ENG-MEMORY", "the odd engine took too much memory")
        crash = watched.worker.crashes[-1]
        assert (crash.reason, crash.status) == (Reason.MEMORY, -signal.SIGKILL)
        assert crash.rss_mb > 150

    with_worker(act, real=True, allowance=Allowance(memory_mb=100))


def test_above_its_memory_a_process_is_renewed_between_jobs() -> None:
    async def act(watched: Watched) -> None:
        worker = watched.worker
        await worker.call("grow", {"mb": 120})
        swollen = worker.pid
        await worker.call("echo", {})
        assert worker.pid == swollen  # so young that its model must be what is too large
        await asyncio.sleep(60)
        await worker.call("echo", {})
        assert worker.pid != swollen
        assert [(c.reason, c.status) for c in worker.crashes] == [(Reason.RENEWED, 0)]
        assert worker.health().rss_mb < 100

    with_worker(act, allowance=Allowance(memory_mb=100))


def test_the_kernel_refuses_what_grows_faster_than_anybody_looks() -> None:
    async def act(watched: Watched) -> None:
        await watched.worker.start()
        pid = watched.worker.pid
        assert (await failing(watched.worker, "grow", {"mb": 350})).code == "ENG-MEMORY"
        assert watched.worker.pid == pid

    with_worker(act, allowance=Allowance(memory_mb=100))


def test_what_dies_again_and_again_is_left_alone_ever_longer() -> None:
    async def act(watched: Watched) -> None:
        worker = watched.worker
        for _ in range(2):  # the first death is forgiven
            assert (await failing(worker, "crash")).code == "ENG-CRASHED"
        for pause_s in (1, 2, 4):
            started = worker.health().restarts
            error = await failing(worker, "echo")
            assert error.code == "ENG-RESTING"
            assert "crashed in `crash`" in error.cause
            assert worker.health().restarts == started
            await asyncio.sleep(pause_s)
            assert (await failing(worker, "crash")).code == "ENG-CRASHED"
        await asyncio.sleep(8)
        await worker.start()
        await asyncio.sleep(10)
        await worker.call("echo", {})  # calm for so long: forgotten
        for _ in range(2):
            assert (await failing(worker, "crash")).code == "ENG-CRASHED"

    with_worker(act)


def test_what_can_not_load_is_not_tried_by_every_job() -> None:
    async def act(watched: Watched) -> None:
        worker = Worker("none", "tests.fakes.servant:Nobody", {}, deadline_s=20)
        codes = [(await failing(worker, "echo")).code for _ in range(4)]
        assert codes == ["ENG-INTERNAL", "ENG-INTERNAL", "ENG-RESTING", "ENG-RESTING"]
        await worker.stop()

    with_worker(act)


def test_a_servant_tells_how_far_its_loading_is() -> None:
    async def act(watched: Watched) -> None:
        assert watched.worker.health().loading is None
        await watched.worker.start()
        parts = [("part 0", 0.0), ("part 1", 0.25), ("part 2", 0.5), ("part 3", 0.75)]
        assert watched.progress == [("odd", 0.0), *parts, ("odd", 1.0)]
        assert (watched.worker.loading, watched.worker.is_up) == (None, True)

    with_worker(act, parts=4)


def test_health_tells_what_it_is_at() -> None:
    async def act(watched: Watched) -> None:
        worker = watched.worker
        down = worker.health()
        assert (down.up, down.busy_ms, down.last_beat_age_ms, down.rss_mb) == (False, None, None, 0)
        stream = worker.stream("stream", {"count": 1000})
        await anext(stream)
        busy = worker.health()
        assert busy.up
        assert busy.busy_ms is not None
        assert 5 < busy.rss_mb < 100
        await stream.aclose()
        await worker.call("echo", {})
        assert worker.health().busy_ms is None
        assert worker.process is not None
        before_s = worker.process.pulse.beat_at_s
        async with asyncio.timeout(PATIENCE_S):
            while worker.process.pulse.beat_at_s == before_s:  # noqa: ASYNC110  # nothing tells
                await asyncio.sleep(0.01)
        assert (worker.health().last_beat_age_ms or 0) < 1000

    with_worker(act, real=True)


def test_a_process_takes_the_place_it_is_given() -> None:
    async def act(watched: Watched) -> None:
        place = (await watched.worker.call("place", {})).header
        assert place == {"cpus": [0], "threads": "3"}

    with_worker(act, allowance=Allowance(cpus=(0,), threads=3))


def test_cores_that_are_not_there_are_done_without() -> None:
    async def act(watched: Watched) -> None:
        place = (await watched.worker.call("place", {})).header
        assert place["cpus"] == sorted(os.sched_getaffinity(0))

    with_worker(act, allowance=Allowance(cpus=(1000,)))


def test_many_restarts_leave_no_descriptor_task_or_zombie() -> None:
    async def act(watched: Watched) -> None:
        worker, me = watched.worker, psutil.Process()
        await worker.call("echo", {})
        descriptors, tasks = me.num_fds(), len(asyncio.all_tasks())
        for op in ("crash", "hang", "crash", "hang", "crash", "crash"):
            for _ in range(3):
                await failing(worker, op)
                await asyncio.sleep(60)
        await worker.call("echo", {})
        assert (me.num_fds(), len(asyncio.all_tasks())) == (descriptors, tasks)
        assert [child.pid for child in me.children(recursive=True)] == [worker.pid]
        assert len(worker.crashes) == 8  # bounded

    with_worker(act, hang_s=0.1)


def test_a_machine_without_processes_left_is_an_error_like_any_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def none_left(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    async def act(watched: Watched) -> None:
        monkeypatch.setattr(asyncio, "create_subprocess_exec", none_left)
        descriptors = psutil.Process().num_fds()
        assert (await failing(watched.worker, "echo")).code == "ENG-START"
        assert psutil.Process().num_fds() == descriptors

    with_worker(act)


def test_the_guard_is_quick_enough() -> None:
    assert guard.SILENT_S + 2 * guard.LOOK_S <= 2.5  # issue 5: 3 s at most


@given(st.lists(st.binary(max_size=40)))
def test_nonsense_is_no_heartbeat(pieces: list[bytes]) -> None:
    pulse = Pulse(-1)
    first = pulse.beat_at_s
    for piece in pieces:
        pulse.hear(piece.translate(None, b"0123456789"))
    assert pulse.beat_at_s == first
    pulse.hear(b"\n1")
    pulse.hear(b"2\n")
    assert pulse.step_at_s == pulse.beat_at_s > first
    stepped = pulse.step_at_s
    pulse.hear(b"12\n")
    assert pulse.beat_at_s > pulse.step_at_s == stepped


def test_a_process_is_ended_when_the_service_is_gone() -> None:
    async def act(watched: Watched) -> None:
        process = await EngineProcess.start(SERVANT, "{}", Allowance())
        process._process.stdin.close()  # type: ignore[union-attr]  # as the kernel does
        assert await process.ended_within(PATIENCE_S)
        await process.close()

    with_worker(act)
