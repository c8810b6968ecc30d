"""The technician's end: commands in frames, asked again until they have arrived.

For the loop's thread. Whatever is on the line besides frames (prompts, kernel messages) is no
concern of it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from appliance.clock import now_s
from appliance.console.errors import ConsoleError
from appliance.console.frames import Assembly, Frame, Kind, Splitter, again, cut, encode, request

FIRST_WAIT_S, MOST_WAIT_S = 0.2, 1.0
PATIENCE_S = 90.0
"""Longer than any command takes."""
SILENCE_S = 5.0
"""Who does not answer `version` for so long is not there."""


class Reply(NamedTuple):
    """What came back: `ok`, and `data`, `text` or `error`."""

    ok: bool
    body: Mapping[str, Any]


class Client:
    """One end of a line on which the console is at the other.

    Attributes:
        retries: how often something had to be sent or asked for again.
    """

    def __init__(self, send: Callable[[bytes], None], patience_s: float = PATIENCE_S) -> None:
        """Talk by `send`; whatever comes from the line goes to `feed`."""
        self.retries = 0
        self._send, self._patience_s = send, patience_s
        self._splitter = Splitter()
        self._answers: dict[str, Assembly] = {}
        self._expected: set[str] = set()
        self._news = asyncio.Event()
        self._session, self._gone = "", False

    def feed(self, data: bytes) -> None:
        """Bytes came from the line."""
        for frame in self._splitter.feed(data):
            if (
                isinstance(frame, Frame)
                and frame.kind is Kind.ANSWER
                and frame.id in self._expected
            ):
                self._answers.setdefault(frame.id, Assembly(frame.parts)).add(frame)
                self._news.set()

    def hang_up(self) -> None:
        """The line is gone: whoever waits for an answer gives up."""
        self._gone = True
        self._news.set()

    async def hello(self, patience_s: float = SILENCE_S) -> Mapping[str, Any]:
        """Begin a session; returns the data of `version`.

        Raises:
            ConsoleError: (`CON-SILENT`) nobody answers; or the device refuses.
        """
        reply = await self._exchange({"c": "version"}, patience_s)
        self._session = str(reply.body.get("s", ""))
        return data_or_raise(reply)

    async def request(self, command: str, *, as_text: bool = False) -> Reply:
        """Have a command carried out, once, however often it must be sent.

        Raises:
            ConsoleError: (`CON-SILENT`) no answer came; it may have been carried out.
        """
        document = {"c": command, "s": self._session} | ({"t": True} if as_text else {})
        return await self._exchange(document, self._patience_s)

    async def unlock(self, sign: Callable[[str], str]) -> None:
        """Gain the service right; `sign` makes a response of a challenge.

        Raises:
            ConsoleError: the device refuses, or nobody answers.
        """
        challenge = data_or_raise(await self.request("unlock"))["challenge"]
        data_or_raise(await self.request(f"unlock {sign(str(challenge))}"))

    async def _exchange(self, document: Mapping[str, Any], patience_s: float) -> Reply:
        id_ = secrets.token_hex(4)
        frames = cut(Kind.ASK, id_, request(document))
        self._expected.add(id_)
        try:
            body = await self._asked(id_, frames, now_s() + patience_s)
        finally:
            self._expected.discard(id_)
            self._answers.pop(id_, None)
        return Reply(bool(body.get("ok")), body)

    async def _asked(self, id_: str, frames: list[Frame], until_s: float) -> Mapping[str, Any]:
        """Send, then wait; while nothing new comes, ask again, ever more patiently."""
        self._transmit(frames)
        wait_s = FIRST_WAIT_S
        while now_s() < until_s and not self._gone:
            assembly = self._answers.get(id_)
            if assembly and (whole := assembly.document) is not None:
                return _parsed(whole)
            if await self._something_came(wait_s):
                wait_s = FIRST_WAIT_S
                continue
            self.retries += 1
            wait_s = min(wait_s * 1.5, MOST_WAIT_S)
            self._transmit(list(again(id_, assembly.missing)) if assembly else frames)
        raise ConsoleError(
            "CON-SILENT",
            "no answer came",
            "the line is gone" if self._gone else "nobody is there, or the line is too bad",
            "check cable, port and --baud; is `console.port` set on the device?",
        )

    def _transmit(self, frames: list[Frame]) -> None:
        for frame in frames:
            self._send(encode(frame))

    async def _something_came(self, wait_s: float) -> bool:
        self._news.clear()
        try:
            await asyncio.wait_for(self._news.wait(), wait_s)
        except TimeoutError:
            return False
        return True


def _parsed(document: str) -> Mapping[str, Any]:
    """The checksums of its pieces were right, so this is what the device said."""
    try:
        body = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise _senseless("it is no JSON") from error
    if not isinstance(body, dict):
        raise _senseless("it is no JSON object")
    return body


def data_or_raise(reply: Reply) -> Mapping[str, Any]:
    """The data of an answer; ConsoleError where the device refused, or gave none."""
    if not reply.ok:
        raise error_of(reply)
    data = reply.body.get("data")
    if not isinstance(data, dict):
        raise _senseless("it has no `data`")
    return data


def error_of(reply: Reply) -> ConsoleError:
    """What the device refused."""
    error = reply.body.get("error")
    told = error if isinstance(error, dict) else {}
    return ConsoleError(*(str(told.get(name, "?")) for name in ("code", "what", "cause", "remedy")))


def _senseless(cause: str) -> ConsoleError:
    return ConsoleError(
        "CON-SENSELESS",
        "the device's answer makes no sense",
        cause,
        "use the `appliance` of the device's release; `version` tells which",
    )
