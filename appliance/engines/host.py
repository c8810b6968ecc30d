"""An engine's process: `python -m appliance.engines.host MODULE:CLASS SETTINGS-JSON TERMS-JSON`.

It confines itself (`allowance.py`), loads one servant and does its jobs one at a time. It ends when
its standard input does, so that no engine outlives the service. Standard output is the wire;
whatever a library prints there goes to standard error instead. `process.py` writes the terms.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Protocol, TypeAlias, runtime_checkable

from appliance.engines.allowance import Allowance, confine
from appliance.engines.heart import Heart
from appliance.engines.wire import HEADER, Json, Message, decode_header, encode, header_length
from appliance.errors import ApplianceError

Report: TypeAlias = Callable[[str, float], None]
"""Takes what is being loaded, and the share of everything that is (0..1)."""


class Servant(Protocol):
    """What an engine's process serves."""

    def load(self) -> Json:
        """Load models; returns what the service must know (`rate_hz`, …)."""

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message | None]:
        """One job; what it yields is sent at once. A None is a place to leave a cancelled job."""


@runtime_checkable
class Reporting(Protocol):
    """A servant that can tell how far its loading is. The others load in silence."""

    def report_to(self, report: Report) -> None:
        """Called before `load`, which calls `report` as it gets on."""


def main(argv: list[str]) -> None:
    """Load the servant named on the command line, then serve until the service goes away."""
    wire_in, wire_out = _claim_wire()
    reply, heart = _Replier(wire_out), _settle(json.loads(argv[3]))
    inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
    cancelled: set[int] = set()
    reader = threading.Thread(
        target=_read_forever, args=(wire_in, inbox, cancelled), name="wire", daemon=True
    )
    reader.start()
    servant = reply.guard(0, lambda: _make(argv[1], json.loads(argv[2])))
    if servant is None or reply.guard(0, lambda: _load(servant, reply)) is None:
        return
    while True:
        heart.step()
        try:
            message = inbox.get(timeout=heart.every_s)
        except queue.Empty:
            continue
        _serve(servant, message, reply, cancelled, heart)


def _claim_wire() -> tuple[IO[bytes], IO[bytes]]:
    """Keep standard output to ourselves: native libraries print to it."""
    wire_out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return sys.stdin.buffer, wire_out


def _settle(terms: Mapping[str, Any]) -> Heart:
    """Within its limits, and alive."""
    confine(Allowance(**terms["allowance"]), terms["stack"])
    heart = Heart(terms["pulse"], terms["beat_s"])
    heart.start()
    return heart


def _make(path: str, settings: Mapping[str, Any]) -> Servant:
    module, _, name = path.partition(":")
    servant: Servant = getattr(importlib.import_module(module), name)(**settings)
    return servant


def _load(servant: Servant, reply: _Replier) -> bool:
    if isinstance(servant, Reporting):
        servant.report_to(reply.progress)
    return reply.done(0, servant.load())


def _serve(
    servant: Servant, message: Message, reply: _Replier, cancelled: set[int], heart: Heart
) -> None:
    job, op, args = message.header["job"], message.header["op"], message.header["args"]

    def work() -> bool:
        for item in servant.do(op, args, message.payload):
            heart.step()
            if job in cancelled:
                break
            if item is not None:
                reply.item(job, item)
        return reply.done(job, {})

    reply.guard(job, work)
    cancelled.discard(job)


def _read_forever(wire: IO[bytes], inbox: queue.SimpleQueue[Message], cancelled: set[int]) -> None:
    while prefix := wire.read(HEADER.size):
        header, length = decode_header(wire.read(header_length(prefix)))
        payload = wire.read(length)
        if "cancel" in header:
            cancelled.add(header["cancel"])
        else:
            inbox.put(Message(header, payload))
    os._exit(0)  # a native call may be under way; nothing here needs saving


class _Replier:
    def __init__(self, wire: IO[bytes]) -> None:
        self._wire = wire

    def _send(self, header: Json, payload: bytes = b"") -> None:
        self._wire.write(encode(header, payload))
        self._wire.flush()

    def progress(self, what: str, share: float) -> None:
        self._send({"job": 0, "event": "progress", "item": {"what": what, "share": share}})

    def item(self, job: int, item: Message) -> None:
        self._send({"job": job, "event": "item", "item": item.header}, item.payload)

    def done(self, job: int, info: Json) -> bool:
        self._send({"job": job, "event": "done", "item": info})
        return True

    def guard(self, job: int, work: Any) -> Any:  # noqa: ANN401  # passes through whatever work returns
        """Run `work`; an error becomes the job's error reply, and None."""
        try:
            return work()
        except ApplianceError as error:
            self._error(job, error.code, error.what, error.cause, error.remedy)
        except MemoryError:
            what, cause = "an engine needs more memory", "its limit, or the machine, has no more"
            self._error(job, "ENG-MEMORY", what, cause, "raise its limit in [workers]")
        except Exception as error:  # noqa: BLE001  # reported whole, and the process goes on
            remedy = "report this as a bug, with the command that you ran"
            self._error(job, "ENG-INTERNAL", "an engine failed", repr(error), remedy)
        return None

    def _error(self, job: int, code: str, what: str, cause: str, remedy: str) -> None:
        fields = {"code": code, "what": what, "cause": cause, "remedy": remedy}
        self._send({"job": job, "event": "error", **fields})


if __name__ == "__main__":
    main(sys.argv)
