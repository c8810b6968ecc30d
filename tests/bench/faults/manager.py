"""A small service manager: starts the service, hears it, restarts it, keeps its watchdog."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.faults.outside import Line

WATCHDOG_S = 10.0
RESTART_S = 0.5


class Manager:
    """Keeps one service running; what it says is put into a queue, with our own observations."""

    def __init__(self, folder: Path, arguments: list[str]) -> None:
        self.seen: list[dict[str, Any]] = []
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self._folder, self._arguments = folder, arguments
        self.console = Line()
        self._door: socket.socket | None = None
        self.starts_s: list[float] = []
        self.open_door()
        self._closing = threading.Event()
        self._fed = time.monotonic()
        self._ready = False
        self._service = self._start()
        self._threads = [threading.Thread(target=self._listen), threading.Thread(target=self._keep)]
        for thread in self._threads:
            thread.start()

    def open_door(self) -> None:
        """The service can tell us that it lives."""
        if self._door is not None:
            self._door.close()
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._door.bind(str(self._folder / "notify"))
        self._door.settimeout(0.1)
        self._fed, self.is_closed = time.monotonic(), False

    def close_door(self) -> None:
        """It can't; and nobody holds that against it."""
        self.is_closed = True
        (self._folder / "notify").unlink()

    def kill(self, number: int) -> None:
        """End the service; it is started again."""
        self._service.send_signal(number)
        self._service.wait()

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        threading.Timer(seconds, what).start()

    def _start(self) -> subprocess.Popen[str]:
        self._ready, self._fed = False, time.monotonic()
        self._began_s = self._fed
        self.put("STARTED")
        service = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.faults.child", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self._folder / "stderr.txt").open("a"),
            text=True,
            env={
                **os.environ,
                "PYTHONPATH": str(Path(__file__).parents[3]),
                "FAULTS_CONSOLE": self.console.path,
                "NOTIFY_SOCKET": str(self._folder / "notify"),
                "WATCHDOG_USEC": str(round(WATCHDOG_S * 1e6)),
            },
        )
        threading.Thread(target=self._read, args=(service,)).start()
        return service

    def _read(self, service: subprocess.Popen[str]) -> None:
        assert service.stdout is not None
        for line in service.stdout:
            if line.startswith("{"):
                self.heard.put(json.loads(line))

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                message = self._door.recv(4096).decode()
            except (TimeoutError, OSError):
                continue
            if message == "READY=1":
                self._ready = True
                self.starts_s.append(time.monotonic() - self._began_s)
            self._fed = time.monotonic()
            if not message.startswith("WATCHDOG"):
                self.put("manager", said=message)

    def _keep(self) -> None:
        while not self._closing.wait(0.1):
            if self._ready and not self.is_closed and time.monotonic() - self._fed > WATCHDOG_S:
                self.put("watchdog")
                self._service.send_signal(signal.SIGABRT)
                self._ready = False
            if self._service.poll() is not None and not self._closing.is_set():
                self.put("ended", status=self._service.returncode)
                self._closing.wait(RESTART_S)
                self._service = self._start()

    def put(self, event: str, **more: Any) -> None:
        self.heard.put({"t": time.monotonic(), "event": event, **more})

    def tell(self, command: str) -> float:
        """Send a command; when it was sent."""
        assert self._service.stdin is not None
        sent = time.monotonic()
        self._service.stdin.write(command + "\n")
        self._service.stdin.flush()
        return sent

    def wait(self, wanted: Callable[[dict[str, Any]], bool], within_s: float) -> dict[str, Any]:
        """The first event of that kind; TimeoutError."""
        late = time.monotonic() + within_s
        while (left := late - time.monotonic()) > 0:
            try:
                event = self.heard.get(timeout=left)
            except queue.Empty:
                break
            self.seen.append(event)
            if wanted(event):
                return event
        raise TimeoutError

    def drain(self) -> None:
        """Forget what was heard so far."""
        while not self.heard.empty():
            self.seen.append(self.heard.get())
        del self.seen[:-100]

    def close(self) -> None:
        self._closing.set()
        for thread in self._threads:
            thread.join()
        self.console.close()
        self._service.terminate()
        try:
            self._service.wait(15)
        except subprocess.TimeoutExpired:
            self._service.kill()
        self._door.close()
