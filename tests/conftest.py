"""What holds for every test: nothing is left behind, nobody leaves the machine."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `appliance/__main__.py` does


# Who was started in the background ignores Ctrl-C, and so would the programs that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)
settings.register_profile("house", deadline=None)  # a busy machine is no failure
settings.load_profile("house")


LONGEST = "test_docs.py"  # two minutes in one test: it installs a checkout and uses all of it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that at the end no core waits for another's."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path.name != LONGEST, item.path not in slow))


def descendants() -> set[psutil.Process]:
    """Every process below this one. Mostly none, which the kernel's own lists tell at once."""
    try:
        lists = [path.read_text() for path in Path("/proc/self/task").glob("*/children")]
    except OSError:  # of a thread that ended meanwhile
        lists = []
    if lists and not any(lists):
        return set()
    return set(psutil.Process().children(recursive=True))


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Threads and processes that a test leaves running fail it."""
    threads = set(threading.enumerate())
    children = descendants()
    yield
    for thread in set(threading.enumerate()) - threads:
        thread.join(timeout=1)  # one that is about to end may do so
    left = [t.name for t in set(threading.enumerate()) - threads if t.is_alive()]
    assert not left, f"threads left running: {left}"
    born = descendants() - children
    assert not [p for p in born if p.is_running()], f"processes left running: {born}"


@pytest.fixture(autouse=True)
def no_egress(monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket to anywhere but this machine fails the test that opens it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            raise AssertionError(f"a connection to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
