"""A servant that does as it is told, the wrong things included; it loads next to nothing."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator

from appliance.engines.host import Report
from appliance.engines.wire import Json, Message


class Obedient:
    def __init__(self, parts: int = 0) -> None:
        self._parts = parts
        self._report: Report = lambda _what, _share: None
        self._kept: list[bytes] = []

    def report_to(self, report: Report) -> None:
        self._report = report

    def load(self) -> Json:
        for part in range(self._parts):
            self._report(f"part {part}", part / self._parts)
        return {}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:
        match op:
            case "echo":
                yield Message(args, payload)
            case "stream":
                for _ in range(args["count"]):
                    yield Message({}, payload)
            case "grow":
                self._kept.append(b"x" * (args["mb"] * 1_000_000))
                yield Message({})
                if args.get("then_hang"):
                    hang_in_c(ctypes.CDLL(None))
            case "hang":
                hang_in_c(ctypes.PyDLL(None) if args.get("with_lock") else ctypes.CDLL(None))
            case "freeze later":  # its main thread alone, once the job is done
                signal.signal(signal.SIGALRM, lambda *_: hang_in_c(ctypes.CDLL(None)))
                signal.setitimer(signal.ITIMER_REAL, 0.1)
                yield Message({})
            case "crash":
                sys.stderr.write("a library's last words\n")
                sys.stderr.flush()
                fall_over()
            case "place":
                threads = os.environ["OMP_NUM_THREADS"]
                yield Message({"cpus": sorted(os.sched_getaffinity(0)), "threads": threads})


def hang_in_c(library: ctypes.CDLL) -> None:
    library.pause()


def fall_over() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)
