"""The GPIO line: against a stand-in for gpiod, and against the kernel's simulator where it is."""

from __future__ import annotations

import asyncio
import errno
import importlib.util
import inspect
import os
import sys
import types
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.switches.gpio import GpioSwitch

from .support import Owner, run, settle


class Line:
    """Stands in for the module `gpiod` with one chip and one line; the test moves the line."""

    def __init__(self) -> None:
        self.active = False
        self.requests: list[dict[str, Any]] = []
        self.open = 0
        self.refuse: OSError | None = None
        self.gone = False
        self.fd, self._kernel = os.pipe()

    def module(self) -> types.ModuleType:
        module, line = types.ModuleType("gpiod"), types.ModuleType("gpiod.line")
        for name, members in {
            "Direction": "AS_IS INPUT OUTPUT",
            "Edge": "NONE RISING FALLING BOTH",
            "Bias": "AS_IS UNKNOWN DISABLED PULL_UP PULL_DOWN",
        }.items():
            setattr(line, name, Enum(name, members))
        line.Value = Enum("Value", {"INACTIVE": 0, "ACTIVE": 1})  # type: ignore[attr-defined]
        self.value = line.Value  # type: ignore[attr-defined]
        vars(module).update(line=line, LineSettings=dict, request_lines=self.request_lines)
        return module

    def request_lines(self, path: str, **options: Any) -> Line:
        if self.refuse is not None:
            raise self.refuse
        self.requests.append({"path": path, **options})
        self.open += 1
        return self

    def move(self, *levels: bool) -> None:
        for level in levels:
            self.active = level
            os.write(self._kernel, b"e")

    def unplug(self) -> None:
        self.gone = True
        os.write(self._kernel, b"e")

    def read_edge_events(self) -> list[object]:
        self._check()
        return [object() for _ in os.read(self.fd, 64)]

    def get_value(self, _line: int) -> Any:
        self._check()
        return self.value(int(self.active))

    def _check(self) -> None:
        if self.gone:
            raise OSError(errno.ENODEV, "No such device")

    def release(self) -> None:
        self.open -= 1

    def close(self) -> None:
        os.close(self.fd)
        os.close(self._kernel)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    line = Line()
    monkeypatch.setitem(sys.modules, "gpiod", line.module())
    yield line
    assert line.open == 0
    line.close()


def test_the_line_is_requested_with_both_edges_and_debounced(line: Line) -> None:
    async def scene() -> None:
        owner = Owner()
        switch = GpioSwitch("/dev/gpiochip0", 17, active_low=True)
        switch.start(owner.on_change)
        (request,) = line.requests
        assert request["path"] == "/dev/gpiochip0"
        settings = request["config"][17]
        assert settings["edge_detection"].name == "BOTH"
        assert settings["direction"].name == "INPUT"
        assert (settings["bias"].name, settings["active_low"]) == ("PULL_UP", True)
        assert settings["debounce_period"] == timedelta(milliseconds=20)
        switch.stop()

    run(scene())


def test_a_line_that_moves(line: Line) -> None:
    async def scene() -> None:
        owner = Owner()
        switch = GpioSwitch("/dev/gpiochip0", 17, lost=owner.on_lost)
        switch.start(owner.on_change)
        with pytest.raises(RuntimeError):
            switch.start(owner.on_change)
        line.move(True)
        await settle()
        line.move(False, True)  # too fast to be told apart: it is as it was
        await settle()
        switch.follow(muted=False)  # a slide keeps its position
        assert (owner.told, switch.muted) == ([False, True], True)
        line.move(False)
        await settle()
        assert owner.told == [False, True, False]
        switch.stop()
        switch.stop()
        line.move(True)
        await settle()
        assert (owner.told, owner.lost) == ([False, True, False], [])

    run(scene())


def test_booted_with_the_switch_on_mute(line: Line) -> None:
    async def scene() -> None:
        owner, line.active = Owner(), True
        switch = GpioSwitch("/dev/gpiochip0", 17)
        switch.start(owner.on_change)
        assert owner.told == [True]
        switch.stop()

    run(scene())


def test_a_chip_that_went_away_is_reported_once(line: Line) -> None:
    async def scene() -> None:
        owner, line.active = Owner(), True
        switch = GpioSwitch("/dev/gpiochip0", 17, lost=owner.on_lost)
        switch.start(owner.on_change)
        line.unplug()
        await settle()
        assert (owner.told, owner.lost, switch.muted) == ([True], ["SWITCH-LOST"], True)
        switch.stop()

    run(scene())


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EACCES, errno.EBUSY, errno.EINVAL])
def test_a_line_that_cannot_be_had(line: Line, code: int) -> None:
    async def scene() -> None:
        line.refuse = OSError(code, os.strerror(code))
        with pytest.raises(ApplianceError, match=r"group `gpio`") as caught:
            GpioSwitch("/dev/gpiochip0", 17).start(pytest.fail)
        assert (caught.value.code, caught.value.cause) == ("SWITCH-GPIO", os.strerror(code))

    run(scene())


def test_without_gpiod_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        monkeypatch.setitem(sys.modules, "gpiod", None)
        with pytest.raises(ApplianceError, match="pip install") as caught:
            GpioSwitch("/dev/gpiochip0", 17).start(pytest.fail)
        assert caught.value.code == "SWITCH-NO-GPIOD"

    run(scene())


def test_the_stand_in_looks_like_the_real_gpiod() -> None:
    gpiod = pytest.importorskip("gpiod")
    stand_in = Line()
    ours = stand_in.module()
    stand_in.close()
    for name in ("Direction", "Edge", "Bias", "Value"):
        real = {member.name for member in getattr(gpiod.line, name)}
        assert {member.name for member in getattr(ours.line, name)} <= real
    assert [value.value for value in gpiod.line.Value] == [0, 1]
    settings = inspect.signature(gpiod.LineSettings).parameters
    used = {"direction", "edge_detection", "bias", "active_low", "debounce_period"}
    assert used <= set(settings)
    assert {"path", "config", "consumer"} <= set(inspect.signature(gpiod.request_lines).parameters)
    for name in ("fd", "get_value", "read_edge_events", "release"):
        assert hasattr(gpiod.LineRequest, name)


@pytest.mark.skipif(importlib.util.find_spec("gpiod") is None, reason="gpiod is not installed")
def test_the_real_gpiod_without_a_chip() -> None:
    async def scene() -> None:
        with pytest.raises(ApplianceError) as caught:
            GpioSwitch("/dev/null", 17).start(pytest.fail)
        assert caught.value.code == "SWITCH-GPIO"

    run(scene())


SIMULATOR = Path("/sys/kernel/config/gpio-sim")


@pytest.fixture
def simulated_line() -> Iterator[tuple[str, Callable[[bool], None]]]:
    """Line 3 of a chip of the kernel's own making, and what moves it."""
    if not SIMULATOR.is_dir() or importlib.util.find_spec("gpiod") is None:
        pytest.skip("needs root, gpiod, and the kernel's module gpio-sim with configfs mounted")
    bench, bank = SIMULATOR / "appliance-test", SIMULATOR / "appliance-test" / "bank"
    for folder in (bench, bank, bank / "line3"):
        folder.mkdir()
    (bank / "num_lines").write_text("8")
    (bench / "live").write_text("1")
    chip = (bank / "chip_name").read_text().strip()
    device = Path("/sys/devices/platform") / (bench / "dev_name").read_text().strip()
    pull = device / chip / "sim_gpio3" / "pull"

    def move(high: bool) -> None:
        pull.write_text("pull-up" if high else "pull-down")

    yield f"/dev/{chip}", move
    (bench / "live").write_text("0")
    for folder in (bank / "line3", bank, bench):
        folder.rmdir()


def test_on_the_kernels_simulator(
    simulated_line: tuple[str, Callable[[bool], None]],
) -> None:
    chip, pull = simulated_line

    async def scene() -> None:
        told: asyncio.Queue[bool] = asyncio.Queue()
        pull(True)
        switch = GpioSwitch(chip, 3)
        switch.start(told.put_nowait)
        assert told.get_nowait() is True
        with pytest.raises(ApplianceError, match="busy"):
            GpioSwitch(chip, 3).start(pytest.fail)
        for _bounce in range(20):
            pull(False)
            pull(True)
        pull(False)
        assert await asyncio.wait_for(told.get(), 5) is False
        pull(True)
        assert await asyncio.wait_for(told.get(), 5) is True
        assert told.empty()
        switch.stop()

    asyncio.run(scene())
