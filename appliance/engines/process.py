"""One engine process and its pipes. Policy (deadlines, limits, restarts) is `worker.py`'s."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from appliance.clock import now_s, wall_s, working
from appliance.engines.allowance import Allowance
from appliance.engines.crash import Crash
from appliance.engines.heart import BEAT_S
from appliance.engines.pulse import Pulse
from appliance.engines.wire import (
    HEADER,
    Message,
    WireError,
    decode_header,
    encode,
    header_length,
    require_reply,
)
from appliance.procfs import Memory, memory_of

STOP_DEADLINE_S = 2.0
STACK_DEADLINE_S = 0.5
KILL_DEADLINE_S = 2.0
LAST_WORDS_S = 1.0
REPLIES_AHEAD = 16
LOADING = 0  # the job number of what the process says before its first job
_LAST_WORDS_BYTES = 2000
_STACK_BYTES = 64 * 1024


class ProcessEndedError(Exception):
    """The process is gone, or talks nonsense."""


class Job(NamedTuple):
    """What the process is at; `since_s` is real time."""

    op: str
    since_s: float


class EngineProcess:
    """A running `appliance.engines.host`. Made by `start`.

    Attributes:
        pulse: its heartbeat.
        jobs: those that it was given and that are not done, by number; the first is under way.
        op: the last that it was given.
        heard_at_s: when its last message came; real time.
        memory: what it had when it was last looked at.
        burial: what ends it and reports that, once it is to end.
    """

    def __init__(self, process: asyncio.subprocess.Process, pulse: Pulse, stack: int) -> None:
        self.pulse = pulse
        self.op, self.heard_at_s = "load", wall_s()
        self.jobs = {LOADING: Job(self.op, self.heard_at_s)}
        self.memory = Memory(0.0, 0.0)
        self.burial: asyncio.Future[Crash] | None = None
        self._born_s = now_s()
        self._process = process
        self._stack = stack
        self._last_words = b""
        self._replies: asyncio.Queue[Message | None] = asyncio.Queue(REPLIES_AHEAD)
        pulse.start()
        # Tasks of their own read, so that a cancelled job can't leave half a message behind.
        self._reader = asyncio.create_task(self._read_forever(), name=f"pipe-{process.pid}")
        self._listener = asyncio.create_task(self._listen_forever(), name=f"errors-{process.pid}")

    @classmethod
    async def start(
        cls, servant: str, settings: str, allowance: Allowance, *, beat_s: float = BEAT_S
    ) -> EngineProcess:
        """Start the process; it has loaded nothing yet.

        Raises:
            OSError: the machine has no more memory, processes or descriptors.
        """
        with contextlib.ExitStack() as undo:
            stack = os.memfd_create("stack")
            undo.callback(os.close, stack)
            pulse, beats = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
            undo.callback(os.close, pulse)
            terms = {"pulse": beats, "stack": stack, "beat_s": beat_s}
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-P",
                    "-m",
                    "appliance.engines.host",
                    servant,
                    settings,
                    json.dumps({**terms, "allowance": asdict(allowance)}),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.PIPE,
                    pass_fds=(stack, beats),
                    env={**os.environ, **allowance.environment()},
                )
            finally:
                os.close(beats)
            undo.pop_all()
        return cls(process, Pulse(pulse), stack)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def status(self) -> int | None:
        """Its exit status; None: it has not ended."""
        return self._process.returncode

    @property
    def is_mute(self) -> bool:
        """Whether it can say nothing more: it closed its pipe, or sent what is no message."""
        return self._reader.done()

    @property
    def age_s(self) -> float:
        """How long it has lived, by the loop's time."""
        return now_s() - self._born_s

    @property
    def last_words(self) -> str:
        """The last line that it wrote to standard error."""
        lines = self._last_words.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def look(self) -> Memory:
        """What it has in memory now; once it is gone, what it had."""
        found = memory_of(self.pid) if self.status is None else None
        self.memory = found or self.memory
        return self.memory

    def post(self, header: Mapping[str, Any], payload: bytes = b"") -> None:
        """Write one message; the pipe takes it when it can."""
        if "op" in header:
            self.op = header["op"]
            self.jobs[header["job"]] = Job(self.op, wall_s())
        _present(self._process.stdin).write(encode(header, payload))

    async def send(self, header: Mapping[str, Any], payload: bytes = b"") -> None:
        """Write one message, and wait until the process takes it.

        Raises:
            ProcessEndedError: nobody reads it.
        """
        try:
            self.post(header, payload)
            with working():
                await _present(self._process.stdin).drain()
        except OSError:
            raise ProcessEndedError from None

    async def receive(self) -> Message:
        """The next message.

        Raises:
            ProcessEndedError: there will be none.
        """
        with working():
            message = await self._replies.get()
        if message is None:
            self._replies.put_nowait(None)  # for whoever asks again
            raise ProcessEndedError
        return message

    async def ended_within(self, seconds: float) -> bool:
        """Whether it has ended, or does so soon."""
        with working(), contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)
        return self.status is not None

    async def end(self) -> None:
        """Ask it to end, by closing its input."""
        _present(self._process.stdin).close()
        await self.ended_within(STOP_DEADLINE_S)

    async def ask_why(self) -> None:
        """End it by the signal that makes it write down the stacks of its threads, if it can.

        One that was stopped (SIGSTOP) goes on for that.
        """
        self._signal(signal.SIGABRT)
        self._signal(signal.SIGCONT)
        await self.ended_within(STACK_DEADLINE_S)

    async def kill(self) -> None:
        """End it now, wherever it hangs; one that hangs in a driver is left to the kernel."""
        self._signal(signal.SIGKILL)
        await self.ended_within(KILL_DEADLINE_S)

    async def close(self) -> str:
        """Close every pipe of a process that was ended; returns the stacks, if any were written."""
        with working():  # its last words may be on their way
            await asyncio.wait({self._listener}, timeout=LAST_WORDS_S)
        for task in (self._reader, self._listener):
            task.cancel()
        await asyncio.gather(self._reader, self._listener, return_exceptions=True)
        _present(self._process.stdin).close()
        # Else it closes itself once every pipe's end was seen: when there is no loop, perhaps.
        self._process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001  # no public way
        await asyncio.sleep(0)
        self.pulse.close()
        stacks = os.pread(self._stack, _STACK_BYTES, 0).decode(errors="replace")
        os.close(self._stack)
        return stacks

    def _signal(self, number: int) -> None:
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _read_forever(self) -> None:
        pipe = _present(self._process.stdout)
        try:
            while True:
                length = header_length(await pipe.readexactly(HEADER.size))
                header, payload_bytes = decode_header(await pipe.readexactly(length))
                require_reply(header)
                payload = await pipe.readexactly(payload_bytes)
                self._heard(header)
                await self._replies.put(Message(header, payload))
        except (asyncio.IncompleteReadError, WireError, OSError):
            await self._replies.put(None)
        except asyncio.CancelledError:  # whoever still waits for a message waits in vain
            while not self._replies.empty():
                self._replies.get_nowait()
            self._replies.put_nowait(None)
            raise

    def _heard(self, header: Mapping[str, Any]) -> None:
        self.heard_at_s = wall_s()
        if header["event"] in {"done", "error"}:
            self.jobs.pop(header["job"], None)

    async def _listen_forever(self) -> None:
        pipe = _present(self._process.stderr)
        while said := await pipe.read(4096):
            self._last_words = (self._last_words + said)[-_LAST_WORDS_BYTES:]


def _present(pipe: Any) -> Any:  # noqa: ANN401  # StreamReader or StreamWriter
    """A pipe that was asked for when the process was started."""
    if pipe is None:
        raise ProcessEndedError
    return pipe
