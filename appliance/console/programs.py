"""The dialect of programs: requests in frames, each carried out once and answered.

A request is JSON: `c` the command, `s` the session, `t` true where text is wanted. The answer is
`{"ok": true, "s": …, "passed": true, "data": {…}}` (or `"text"`), or where it was refused
`{"ok": false, "s": …, "error": {…}}`. A request that comes again under its id is answered again,
not carried out again. One of another session (the device has restarted since) is refused, but for
`version`, which tells the session.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from appliance.console.desk import Call, carry_out
from appliance.console.errors import ConsoleError
from appliance.console.frames import (
    MOST_CHARS,
    Assembly,
    Frame,
    Kind,
    cut,
    encode,
    wanted,
)
from appliance.errors import ApplianceError

REQUEST_PARTS = 32
ASSEMBLIES = 8
AT_ONCE = 4
ANSWERS_KEPT = 16
IDS_KEPT = 4096
_OPENING = "version"


class Request(NamedTuple):
    """What a program wants."""

    command: str
    session: str
    as_text: bool


class Programs:
    """Answers the programs at the other end of one line; for the loop's thread."""

    def __init__(self, call: Call, send: Callable[[bytes], None]) -> None:
        """Answer by `send`, which may drop what does not fit: it is asked for again."""
        self._call, self._send = call, send
        self._coming: OrderedDict[str, Assembly] = OrderedDict()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._answers: OrderedDict[str, list[Frame]] = OrderedDict()
        self._seen: OrderedDict[str, None] = OrderedDict()

    def take(self, frame: Frame) -> None:
        """A frame came, whole."""
        if frame.kind is Kind.ASK and frame.parts <= REQUEST_PARTS:
            self._ask(frame)
        elif frame.kind is Kind.AGAIN and frame.id in self._answers:
            self._resend(frame.id, wanted(frame))

    async def close(self) -> None:
        """The line is gone: give up what is under way."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ask(self, frame: Frame) -> None:
        if frame.id in self._answers:
            self._resend(frame.id, [0])  # it knows the rest by the number of parts
        elif frame.id in self._running:
            pass  # it is answered when it is done
        elif frame.id in self._seen:
            self._answer(frame.id, _refusal("CON-FORGOTTEN", "its answer is no longer kept"))
        else:
            self._collect(frame)

    def _collect(self, frame: Frame) -> None:
        assembly = self._coming.setdefault(frame.id, Assembly(frame.parts))
        _bounded(self._coming, ASSEMBLIES)
        assembly.add(frame)
        document = assembly.document
        if document is None:
            return
        del self._coming[frame.id]
        self._seen[frame.id] = None
        _bounded(self._seen, IDS_KEPT)
        if len(self._running) >= AT_ONCE:
            self._answer(frame.id, _refusal("CON-BUSY", f"{AT_ONCE} commands are under way"))
            return
        task = asyncio.get_running_loop().create_task(self._serve(frame.id, document))
        self._running[frame.id] = task
        task.add_done_callback(lambda _task: self._running.pop(frame.id))

    async def _serve(self, id_: str, document: str) -> None:
        self._answer(id_, await self._answered(document))

    async def _answered(self, document: str) -> dict[str, Any]:
        try:
            request = _request(document)
            self._require_session(request)
            answer = await carry_out(self._call, request.command)
        except ApplianceError as error:
            return _error(error)
        told = {"text": answer.text} if request.as_text else {"data": dict(answer.data)}
        return {"ok": True, "passed": answer.passed, **told}

    def _require_session(self, request: Request) -> None:
        if request.session != self._call.session and request.command != _OPENING:
            raise ConsoleError(
                "CON-SESSION",
                "the request is of another session",
                "the device or its console was restarted since",
                f"begin with `{_OPENING}`",
            )

    def _answer(self, id_: str, answer: dict[str, Any]) -> None:
        document = _json({**answer, "s": self._call.session})
        if len(document) > MOST_CHARS:
            refusal = _refusal("CON-TOO-LONG", "the answer does not fit; ask for less")
            document = _json({**refusal, "s": self._call.session})
        self._answers[id_] = cut(Kind.ANSWER, id_, document)
        _bounded(self._answers, ANSWERS_KEPT)
        self._resend(id_, None)

    def _resend(self, id_: str, parts: list[int] | None) -> None:
        frames = self._answers[id_]
        for frame in frames if parts is None else [frames[at] for at in parts if at < len(frames)]:
            self._send(encode(frame))


def _request(document: str) -> Request:
    try:
        table = json.loads(document)
        command, session = table["c"], table.get("s", "")
        if isinstance(command, str) and isinstance(session, str):
            return Request(command, session, bool(table.get("t")))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass  # whatever it is, it is no request
    raise ConsoleError(
        "CON-REQUEST",
        "this is no request",
        "it must be a JSON object whose `c` is a command",
        'send {"c": "version"}',
    )


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"), default=str)


def _error(error: ApplianceError) -> dict[str, Any]:
    told = {"code": error.code, "what": error.what, "cause": error.cause, "remedy": error.remedy}
    return {"ok": False, "error": told}


def _refusal(code: str, cause: str) -> dict[str, Any]:
    return _error(ConsoleError(code, "the request was not carried out", cause, "ask anew"))


def _bounded(kept: OrderedDict[str, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
