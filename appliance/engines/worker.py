"""An engine in a process of its own: it may crash or hang, and the service may not."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Mapping
from typing import Any, TypeVar

from appliance.engines.process import EngineProcess, ProcessEndedError
from appliance.engines.wire import Json, Message
from appliance.errors import EngineError

T = TypeVar("T")

START_DEADLINE_S = 30.0
_LOADING = 0  # the job number of what the process says before its first job


class Worker:
    """Starts, feeds and, if need be, kills one engine process.

    One job at a time: a second one waits. A process that died or was killed is started
    again by the next job.

    Attributes:
        name: for messages and the process table ("asr").
        info: what the servant said of itself when it was loaded.
        is_up: whether it is loaded and, as far as is known, alive.
    """

    def __init__(
        self,
        name: str,
        servant: str,
        settings: Mapping[str, Any],
        *,
        deadline_s: float,
        deadlines_s: Mapping[str, float] | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            name: for messages and the process table.
            servant: `module:Class` of what the process serves.
            settings: its arguments.
            deadline_s: how long each item of a job may take.
            deadlines_s: the same for some jobs by their name, and for `load`.
        """
        self.name = name
        self.info: Json = {}
        self.is_up = False
        self._arguments = (servant, json.dumps(settings))
        self._deadline_s, self._deadlines_s = deadline_s, deadlines_s or {}
        self._process: EngineProcess | None = None
        self._one_job = asyncio.Lock()
        self._job = _LOADING

    async def start(self) -> None:
        """Start the process and wait until it has loaded.

        Raises:
            EngineError: it could not load, or not in time.
        """
        async with self._one_job:
            await self._started()

    async def stop(self) -> None:
        """End the process; safe to call twice."""
        process, self._process, self.is_up = self._process, None, False
        if process is not None:
            await process.end()

    @property
    def pid(self) -> int | None:
        """The process's id while it is up."""
        return self._process.pid if self._process else None

    async def call(self, op: str, args: Json, payload: bytes = b"") -> Message:
        """A job with exactly one item.

        Raises:
            EngineError: the engine failed, died, or missed its deadline.
        """
        items = [item async for item in self.stream(op, args, payload)]
        return items[0]

    async def stream(
        self, op: str, args: Json, payload: bytes = b""
    ) -> AsyncGenerator[Message, None]:
        """A job's items as they come; leaving the iteration early cancels the rest.

        Raises:
            EngineError: the engine failed, died, or missed its deadline.
        """
        async with self._one_job:
            process = await self._started()
            self._job += 1
            header = {"job": self._job, "op": op, "args": args}
            finished = False
            try:
                await self._supervised(process.send(header, payload))
                deadline_s = self._deadlines_s.get(op, self._deadline_s)
                while reply := await self._reply(process, self._job, deadline_s):
                    yield reply
                finished = True
            except EngineError:
                finished = True
                raise
            finally:
                if not finished:
                    await _cancel(process, self._job)

    async def _started(self) -> EngineProcess:
        if self._process is None:
            self._process = await EngineProcess.start(self._arguments)
        process = self._process
        if not self.is_up:  # a job that was cancelled while it loaded left the waiting to the next
            try:
                self.info = await self._loaded(process)
            except EngineError:
                await self._kill()
                raise
            self.is_up = True
        return process

    async def _loaded(self, process: EngineProcess) -> Json:
        deadline_s = self._deadlines_s.get("load", START_DEADLINE_S)
        message = await self._next(process, _LOADING, deadline_s)
        info: Json = message.header["item"]
        return info

    async def _reply(self, process: EngineProcess, job: int, deadline_s: float) -> Message | None:
        """The job's next item; None when it is done."""
        message = await self._next(process, job, deadline_s)
        if message.header["event"] == "done":
            return None
        return Message(message.header["item"], message.payload)

    async def _next(self, process: EngineProcess, job: int, deadline_s: float) -> Message:
        """The next message of `job`; those of cancelled jobs before it are passed over."""

        async def of_this_job() -> Message:
            while (message := await process.receive()).header.get("job") != job:
                pass
            return message

        message = await self._supervised(asyncio.wait_for(of_this_job(), deadline_s))
        header = message.header
        if header["event"] == "error":
            raise EngineError(header["code"], header["what"], header["cause"], header["remedy"])
        return message

    async def _supervised(self, step: Awaitable[T]) -> T:
        """Await `step`; a process that hangs or ended is killed and named in the error."""
        try:
            return await step
        except TimeoutError:
            await self._kill()
            raise EngineError(
                "ENG-STUCK",
                f"the {self.name} engine does not answer",
                "it missed its deadline, so its process was killed",
                "ask again: it is started anew; if this recurs, run `appliance doctor`",
            ) from None
        except ProcessEndedError as error:
            await self._kill()
            raise EngineError(
                "ENG-CRASHED",
                f"the {self.name} engine's process ended",
                str(error),
                "ask again: it is started anew; if this recurs, run `appliance doctor`",
            ) from None

    async def _kill(self) -> None:
        process, self._process, self.is_up = self._process, None, False
        if process is not None:
            await process.kill()


async def _cancel(process: EngineProcess, job: int) -> None:
    with contextlib.suppress(ProcessEndedError):  # then there is nothing left to cancel
        await process.send({"cancel": job})
