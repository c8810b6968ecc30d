"""An engine in a process of its own: it may crash or hang, and the service may not."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, TypeVar

from appliance.clock import now_s, wall_s
from appliance.engines.allowance import Allowance
from appliance.engines.burial import as_error, bury
from appliance.engines.crash import Crash, Health, Loading, Reason
from appliance.engines.guard import Guard
from appliance.engines.process import LOADING, EngineProcess, ProcessEndedError
from appliance.engines.recovery import Backoff
from appliance.engines.wire import Json, Message
from appliance.errors import EngineError

T = TypeVar("T")

log = logging.getLogger(__name__)

START_DEADLINE_S = 30.0
RETRY_S, RETRY_MOST_S = 1.0, 60.0
CALM_S = 10.0
"""A process that has lived so long, and does a job, makes earlier failures forgotten."""
RENEW_AFTER_S = 60.0
"""Above its limit when it is younger than this, it would be so again: it is let be."""
CRASHES_KEPT = 8


class Worker:
    """Starts, feeds and, if need be, kills one engine process.

    One job at a time: a second one waits. A process that died or was killed is started
    again by the next job; one that dies again and again, ever later.

    Attributes:
        name: for messages and the process table ("asr").
        info: what the servant said of itself when it was loaded.
        is_up: whether it is loaded and, as far as is known, alive.
        loading: how far a start under way is.
        on_loading: is called with that as it changes.
        on_crash: is called with each report as it is written.
        crashes: the last processes that it lost, the latest last.
        allowance: what its processes may use.
    """

    def __init__(
        self,
        name: str,
        servant: str,
        settings: Mapping[str, Any],
        *,
        deadline_s: float,
        deadlines_s: Mapping[str, float] | None = None,
        allowance: Allowance | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            name: for messages and the process table.
            servant: `module:Class` of what the process serves.
            settings: its arguments.
            deadline_s: how long each item of a job may take.
            deadlines_s: the same for some jobs by their name, and for `load` in all.
            allowance: what the process may use; None: what it likes.
            backoff: how long to leave it alone when it fails again and again; None: as is usual.
        """
        self.name = name
        self.info: Json = {}
        self.is_up = False
        self.loading: Loading | None = None
        self.on_loading: Callable[[str, float], None] = lambda _what, _share: None
        self.on_crash: Callable[[Crash], None] = lambda _crash: None
        self.crashes: deque[Crash] = deque(maxlen=CRASHES_KEPT)
        self.allowance = allowance or Allowance()
        self._arguments = (servant, json.dumps(settings))
        self._deadline_s, self._deadlines_s = deadline_s, deadlines_s or {}
        self._process: EngineProcess | None = None
        self._burials: set[asyncio.Future[Crash]] = set()
        self._guard = Guard(self)
        self._backoff = backoff or Backoff(RETRY_S, RETRY_MOST_S, forgiven=1)
        self._why = ""
        self._starts = 0
        self._one_job = asyncio.Lock()
        self._job = LOADING

    async def start(self) -> None:
        """Start the process and wait until it has loaded, however often it failed before.

        Raises:
            EngineError: it could not load, or not in time.
        """
        async with self._one_job:
            await self._started()

    async def refit(self, settings: Mapping[str, Any]) -> None:
        """Serve with other settings from now on; the job under way ends first.

        Raises:
            EngineError: it could not load with them; the next start is with those of before.
        """
        async with self._one_job:
            before = self._arguments
            self._arguments = (before[0], json.dumps(settings))
            await self.stop()
            try:
                await self._started()
            except EngineError:
                self._arguments = before
                raise

    async def stop(self) -> None:
        """End the process; safe to call twice."""
        await self._guard.stop()
        if self._process is not None:
            await self.bury(self._process, Reason.STOPPED)
        await asyncio.gather(*self._burials)

    @property
    def pid(self) -> int | None:
        """The process's id while it is up."""
        return self._process.pid if self._process else None

    @property
    def process(self) -> EngineProcess | None:
        """The process, loaded or loading."""
        return self._process

    @property
    def is_wanted(self) -> bool:
        """Whether somebody has a job for it; whoever has watches its deadlines."""
        return self._one_job.locked()

    @property
    def may_restart(self) -> bool:
        """Whether a next start need not wait."""
        return now_s() >= self._backoff.until_s

    def health(self) -> Health:
        """How it is now."""
        process, now = self._process, wall_s()
        job = next(iter(process.jobs.values()), None) if process else None
        return Health(
            up=self.is_up,
            loading=self.loading,
            busy_ms=round((now - job.since_s) * 1000) if job else None,
            last_beat_age_ms=round((now - process.pulse.beat_at_s) * 1000) if process else None,
            rss_mb=process.look().rss_mb if process else 0.0,
            restarts=max(0, self._starts - 1),
            last_crash=self.crashes[-1] if self.crashes else None,
        )

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
            EngineError: the engine failed, died, or missed its deadline; or it died so often that
                it is left alone for a while.
        """
        async with self._one_job:
            self._require_rested()
            process = await self._started()
            self._job += 1
            header, deadline_s = {"job": self._job, "op": op, "args": args}, self.deadline_s(op)
            finished = False
            try:
                await self._supervised(process, process.send(header, payload), deadline_s)
                while reply := await self._reply(process, self._job, deadline_s):
                    yield reply
                finished = True
                self._worked(process)
            except EngineError:
                finished = True
                raise
            finally:
                if not finished:
                    process.post({"cancel": self._job})

    def deadline_s(self, op: str) -> float:
        """How long an item of such a job may take, or the whole of `load`."""
        usual = START_DEADLINE_S if op == "load" else self._deadline_s
        return self._deadlines_s.get(op, usual)

    def is_to_be_renewed(self) -> bool:
        """Whether the process has grown above its limit."""
        process, most = self._process, self.allowance.memory_mb
        if not self.is_up or process is None or not most or process.age_s < RENEW_AFTER_S:
            return False
        return process.look().own_mb > most

    async def bury(self, process: EngineProcess, reason: Reason) -> Crash:
        """End a process and write its report; whoever says the reason first is believed."""
        if process.burial is None:
            self._process, self.is_up, self.loading = None, False, None
            process.burial = asyncio.ensure_future(self._buried(process, reason))
            self._burials.add(process.burial)
            process.burial.add_done_callback(self._burials.discard)
        return await asyncio.shield(process.burial)

    async def _buried(self, process: EngineProcess, reason: Reason) -> Crash:
        crash = await bury(process, reason)
        self._note(crash)
        return crash

    def _note(self, crash: Crash) -> None:
        if crash.reason is Reason.STOPPED:
            return
        self.crashes.append(crash)
        if crash.reason is not Reason.RENEWED:
            self._failed(str(crash))
        log.warning("the process of the %s engine ended: %s", self.name, crash)
        self.on_crash(crash)

    def _failed(self, why: str) -> None:
        self._why = why
        self._backoff.failed(now_s())

    def _worked(self, process: EngineProcess) -> None:
        if process.age_s >= CALM_S:
            self._backoff.worked()

    def _require_rested(self) -> None:
        if self._process is None and not self.may_restart:
            raise EngineError(
                "ENG-RESTING",
                f"the {self.name} engine fails again and again",
                f"the last time: {self._why}",
                f"it is tried again in {self._backoff.until_s - now_s():.0f} s",
            )

    async def _started(self) -> EngineProcess:
        if self._process is not None and self.is_to_be_renewed():
            await self.bury(self._process, Reason.RENEWED)
        process = self._process or await self._spawned()
        if not self.is_up:  # a job that was cancelled while it loaded left the waiting to the next
            try:
                self.info = await self._loaded(process)
            except EngineError as error:
                if self._process is process:  # it said why it can't load
                    await self.bury(process, Reason.STOPPED)
                    self._failed(f"{error.what}, {error.cause}")
                raise
            self._progressed(self.name, 1.0)
            self.is_up, self.loading = True, None
        return process

    async def _spawned(self) -> EngineProcess:
        try:
            process = await EngineProcess.start(*self._arguments, self.allowance)
        except OSError as error:
            self._failed(str(error))
            what = f"the {self.name} engine cannot be started"
            raise EngineError("ENG-START", what, str(error), "free memory, or restart") from error
        self._process, self._starts = process, self._starts + 1
        self._progressed(self.name, 0.0)
        self._guard.start()
        return process

    def _progressed(self, what: str, share: float) -> None:
        self.loading = Loading(what, share)
        self.on_loading(what, share)

    async def _loaded(self, process: EngineProcess) -> Json:
        async def loaded() -> Json:
            while (message := await self._next(process, LOADING)).header["event"] == "progress":
                self._progressed(**message.header["item"])
            info: Json = message.header["item"]
            return info

        return await self._supervised(process, loaded(), self.deadline_s("load"))

    async def _reply(self, process: EngineProcess, job: int, deadline_s: float) -> Message | None:
        """The job's next item; None when it is done."""
        message = await self._supervised(process, self._next(process, job), deadline_s)
        if message.header["event"] == "done":
            return None
        return Message(message.header["item"], message.payload)

    async def _next(self, process: EngineProcess, job: int) -> Message:
        """The next message of `job`; those of cancelled jobs before it are passed over."""
        while (message := await process.receive()).header["job"] != job:
            pass
        header = message.header
        if header["event"] == "error":
            raise EngineError(header["code"], header["what"], header["cause"], header["remedy"])
        return message

    async def _supervised(self, process: EngineProcess, step: Awaitable[T], deadline_s: float) -> T:
        """Await `step`; a process that hangs or ended is killed and named in the error."""
        try:
            return await asyncio.wait_for(step, deadline_s)
        except TimeoutError:
            reason = Reason.STUCK
        except ProcessEndedError:
            reason = Reason.CRASHED
        raise as_error(self.name, await self.bury(process, reason)) from None
