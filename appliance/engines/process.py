"""One engine process and its pipes. Policy (deadlines, restarts) is `worker.py`'s."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Any

from appliance.clock import working
from appliance.engines.wire import (
    HEADER,
    Message,
    WireError,
    decode_header,
    encode,
    header_length,
)

STOP_DEADLINE_S = 2.0
LAST_WORDS_S = 1.0
REPLIES_AHEAD = 16


class ProcessEndedError(Exception):
    """The process is gone, or talks nonsense. The text says what is known of why."""


class EngineProcess:
    """A running `appliance.engines.host`. Made by `start`."""

    def __init__(self, process: asyncio.subprocess.Process, stderr: IO[bytes]) -> None:
        self._process = process
        self._stderr = stderr
        self._replies: asyncio.Queue[Message | None] = asyncio.Queue(REPLIES_AHEAD)
        # A task of its own reads, so that a cancelled job can't leave half a message behind.
        self._reader = asyncio.create_task(self._read_forever(), name=f"pipe-{process.pid}")

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> EngineProcess:
        """Start the process; it has loaded nothing yet."""
        stderr = tempfile.TemporaryFile()  # noqa: SIM115  # closed in `end`
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "appliance.engines.host", *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        return cls(process, stderr)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    async def send(self, header: Mapping[str, Any], payload: bytes = b"") -> None:
        """Write one message.

        Raises:
            ProcessEndedError: nobody reads it.
        """
        pipe = _present(self._process.stdin)
        try:
            pipe.write(encode(header, payload))
            with working():
                await pipe.drain()
        except OSError:
            raise await self._ended() from None

    async def receive(self) -> Message:
        """The next message.

        Raises:
            ProcessEndedError: there will be none.
        """
        with working():
            message = await self._replies.get()
        if message is None:
            raise await self._ended()
        return message

    async def end(self) -> None:
        """Ask it to end by closing its input; kill it if it doesn't."""
        _present(self._process.stdin).close()
        with working(), contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), STOP_DEADLINE_S)
        await self.kill()

    async def kill(self) -> None:
        """End it now, wherever it hangs."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            with working():
                await self._process.wait()
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        _present(self._process.stdin).close()
        self._stderr.close()

    async def _read_forever(self) -> None:
        pipe = _present(self._process.stdout)
        with contextlib.suppress(asyncio.IncompleteReadError, WireError, OSError):
            while True:
                length = header_length(await pipe.readexactly(HEADER.size))
                header, payload_bytes = decode_header(await pipe.readexactly(length))
                await self._replies.put(Message(header, await pipe.readexactly(payload_bytes)))
        await self._replies.put(None)

    async def _ended(self) -> ProcessEndedError:
        """What is known of why it ended; one that goes on, but talks nonsense, is killed."""
        with working(), contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), LAST_WORDS_S)
        self._stderr.seek(0)
        lines = self._stderr.read()[-2000:].decode(errors="replace").strip().splitlines()
        said = f"; its last words: {lines[-1]}" if lines else ""
        status = self._process.returncode
        how = "it sent what is no message" if status is None else f"exit status {status}"
        return ProcessEndedError(f"{how}{said}")


def _present(pipe: Any) -> Any:  # noqa: ANN401  # StreamReader or StreamWriter
    """A pipe that was asked for when the process was started."""
    if pipe is None:
        raise ProcessEndedError("started without pipes")
    return pipe
