"""What the service manager hears; the peer that feeds from a timer, shown to say nothing."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from appliance.clock import now_s
from appliance.health.fakes import Notebook, Passerby
from appliance.health.guardian import Guardian, Patient
from appliance.health.notify import Manager
from appliance.health.recovery import Recovery
from appliance.health.vitals import Vital, Vitals
from audio.ears import Ears
from audio.fakes import ScriptedVad, ScriptedWakeWord
from audio.format import FRAME_SAMPLES, Frame, Samples
from audio.listener import Listener
from audio.ports import WakeHit
from states.state import State


@pytest.fixture(params=["path", "abstract"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    name = f"{tmp_path}/notify" if request.param == "path" else f"@{tmp_path}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if name.startswith("@") else name)
        manager.setblocking(False)
        yield name, manager


def heard(manager: socket.socket) -> list[str]:
    said = []
    try:
        while True:
            said.append(manager.recv(4096).decode())
    except BlockingIOError:
        return said


def test_each_message_is_one_datagram(door: tuple[str, socket.socket]) -> None:
    name, manager = door
    ours = Manager({"NOTIFY_SOCKET": name})
    ours.ready()
    ours.status("idle;\nall is well")
    ours.status("idle;\nall is well")
    ours.feed()
    ours.stopping()
    assert heard(manager) == ["READY=1", "STATUS=idle; all is well", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize("name", ["", "vsock:2:1234", "relative", "/nobody/listens/here"])
def test_where_nobody_listens_nothing_happens(name: str) -> None:
    Manager({"NOTIFY_SOCKET": name}).ready()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"WATCHDOG_USEC": "2500000"}, 2.5),
        ({"WATCHDOG_USEC": "2500000", "WATCHDOG_PID": str(os.getpid())}, 2.5),
        ({"WATCHDOG_USEC": "2500000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_how_often_the_watchdog_is_to_be_fed(
    environment: dict[str, str], expected: float | None
) -> None:
    assert Manager({"NOTIFY_SOCKET": "/x", **environment}).watchdog_s == expected
    assert Manager(environment).watchdog_s is None


class Freezing(ScriptedWakeWord):
    """A model that hangs, as one in a driver does."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self.go_on.set()

    def process(self, samples: Samples, at_s: float) -> WakeHit | None:
        self.go_on.wait()
        return super().process(samples, at_s)


def test_with_the_ears_frozen_only_the_peer_goes_on_feeding(tmp_path: Path) -> None:
    """Real threads, real time, two watchdogs: ours, and one fed by a timer as others do."""
    wake, fed = Freezing(), dict[str, list[float]](ours=[], peer=[])
    listener = Listener(Ears(wake, ScriptedVad()), lambda _edge: None, pytest.fail)

    async def whole() -> tuple[float, float]:
        ours = Manager({"NOTIFY_SOCKET": str(tmp_path / "x"), "WATCHDOG_USEC": "200000"})
        ours.feed = lambda: fed["ours"].append(now_s())  # type: ignore[method-assign]
        guardian = Guardian(
            Patient({"ears": lambda: listener.heard}, {}, lambda: State.IDLE),
            Recovery(),
            ours,
            Notebook(),
            Passerby(),
            Vitals([Vital("ears", 0.4, "EARS_FROZEN")]),
        )
        guardian._take_up = lambda _found: None  # type: ignore[method-assign]

        async def speak() -> None:
            for seq in range(10_000):
                listener.put(Frame(np.ones(FRAME_SAMPLES, np.int16), seq, seq * 0.032))
                await asyncio.sleep(0.032)

        async def peer() -> None:
            while True:
                fed["peer"].append(now_s())
                await asyncio.sleep(0.1)

        tasks = [asyncio.ensure_future(task) for task in (guardian.run(), speak(), peer())]
        await asyncio.sleep(0.8)
        frozen_s = now_s()
        wake.go_on.clear()
        await asyncio.sleep(2.0)
        over_s = now_s()
        wake.go_on.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return frozen_s, over_s

    listener.start()
    frozen_s, over_s = asyncio.run(whole())
    listener.stop()
    assert any(at < frozen_s for at in fed["ours"]), "fed while it heard"
    assert not [at for at in fed["ours"] if at > frozen_s + 1.0]
    assert fed["peer"][-1] > over_s - 0.5, "the timer knows of nothing"
