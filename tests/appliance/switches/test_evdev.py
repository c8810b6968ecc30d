"""The input device: a named pipe in its place, so that every byte is the test's."""

from __future__ import annotations

import errno
import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import ApplianceError
from appliance.switches import evdev
from appliance.switches.evdev import EvdevSwitch, EventReader, InputEvent, Mute
from appliance.switches.ports import MuteSwitch

from .support import Owner, run, settle

SLIDE_ON, SLIDE_OFF = InputEvent(5, 14, 1), InputEvent(5, 14, 0)
PRESS, RELEASE, REPEAT = InputEvent(1, 248, 1), InputEvent(1, 248, 0), InputEvent(1, 248, 2)
REPORT, DROPPED = InputEvent(0, 0, 0), InputEvent(0, 3, 0)
SWITCH, KEY = Mute(key=False, switch=False), Mute(key=True, switch=None)

numbers = st.integers(0, 2**16 - 1)
events = st.builds(InputEvent, numbers, numbers, st.integers(-(2**31), 2**31 - 1))


def raw(*happened: InputEvent) -> bytes:
    return b"".join(struct.pack("@llHHi", 1_700_000_000, 999_999, *event) for event in happened)


class Device:
    """A named pipe; the test is the hardware."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._end = os.open(path, os.O_RDWR)  # so that neither end has to wait

    def send(self, data: bytes) -> None:
        os.write(self._end, data)

    def unplug(self) -> None:
        if self._end >= 0:
            os.close(self._end)
            self._end = -1


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    device = Device(tmp_path / "event3")
    yield device
    device.unplug()


def test_a_slide_switch(device: Device) -> None:
    async def scene() -> None:
        owner = Owner()
        switch: MuteSwitch = EvdevSwitch(device.path, owner.on_lost, lambda _file: SWITCH)
        switch.start(owner.on_change)
        assert owner.told == [False]
        device.send(raw(SLIDE_ON, REPORT, PRESS, REPORT))  # its key doesn't count
        await settle()
        assert (owner.told, switch.muted) == ([False, True], True)
        switch.follow(muted=False)
        assert switch.muted
        device.send(raw(SLIDE_ON, REPORT))
        device.send(raw(SLIDE_OFF, REPORT))
        await settle()
        assert owner.told == [False, True, False]
        switch.stop()
        switch.stop()
        device.send(raw(SLIDE_ON, REPORT))
        await settle()
        assert (owner.told, owner.lost) == ([False, True, False], [])

    run(scene())


def test_booted_with_the_switch_on_mute(device: Device) -> None:
    async def scene() -> None:
        owner = Owner()
        switch = EvdevSwitch(device.path, owner.on_lost, lambda _file: Mute(True, True))
        assert not switch.muted
        switch.start(owner.on_change)
        assert owner.told == [True]
        with pytest.raises(RuntimeError):
            switch.start(owner.on_change)
        switch.stop()

    run(scene())


def test_a_key_asks_for_the_opposite_of_what_is(device: Device) -> None:
    async def scene() -> None:
        owner = Owner()
        switch = EvdevSwitch(device.path, owner.on_lost, lambda _file: KEY)
        switch.start(owner.on_change)
        device.send(raw(PRESS, REPORT, REPEAT, REPEAT, RELEASE, REPORT))
        await settle()
        assert owner.told == [False, True]
        switch.follow(muted=False)  # unmuted at the console
        switch.follow(muted=True)  # "mute", somebody said
        device.send(raw(PRESS, REPORT, RELEASE, REPORT))
        await settle()
        assert owner.told == [False, True, False]
        switch.stop()

    run(scene())


def test_events_that_the_kernel_dropped(device: Device) -> None:
    """The position is asked for anew."""

    async def scene() -> None:
        owner, has = Owner(), [SWITCH]
        switch = EvdevSwitch(device.path, owner.on_lost, lambda _file: has[0])
        switch.start(owner.on_change)
        has[0] = Mute(key=False, switch=True)
        device.send(raw(DROPPED, REPORT))
        await settle()
        assert owner.told == [False, True]
        switch.stop()

    run(scene())


@pytest.mark.parametrize("how", ["eof", "enodev"])
def test_unplugged_it_is_reported_once_and_stays_as_it_was(
    device: Device, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        owner = Owner()
        switch = EvdevSwitch(device.path, owner.on_lost, lambda _file: SWITCH)
        switch.start(owner.on_change)
        device.send(raw(SLIDE_ON, REPORT))
        await settle()
        if how == "enodev":
            monkeypatch.setattr(os, "read", _gone)
            device.send(b"?")
        else:
            device.unplug()
        await settle()
        monkeypatch.undo()
        assert (owner.told, owner.lost, switch.muted) == ([False, True], ["SWITCH-LOST"], True)
        switch.stop()

    run(scene())


def _gone(_file: int, _count: int) -> bytes:
    raise OSError(errno.ENODEV, "No such device")


def test_a_device_that_cannot_be_used(device: Device, tmp_path: Path) -> None:
    async def scene() -> None:
        for path in (tmp_path / "nothing", device.path):  # a pipe is no input device
            with pytest.raises(ApplianceError) as caught:
                EvdevSwitch(path).start(pytest.fail)
            assert caught.value.code == "SWITCH-INPUT"
            assert "group `input`" in caught.value.remedy
        mouse = EvdevSwitch(device.path, inspect=lambda _file: Mute(key=False, switch=None))
        with pytest.raises(ApplianceError) as caught:
            mouse.start(pytest.fail)
        assert caught.value.code == "SWITCH-NO-MUTE"

    run(scene())


def test_a_switch_that_is_stopped_by_its_own_report(device: Device) -> None:
    async def scene() -> None:
        owner, asked = Owner(), []

        def inspect(file: int) -> Mute:
            asked.append(file)
            return SWITCH

        switch = EvdevSwitch(device.path, owner.on_lost, inspect)

        def on_change(muted: bool) -> None:
            owner.on_change(muted)
            if muted:
                switch.stop()

        switch.start(on_change)
        device.send(raw(SLIDE_ON, SLIDE_OFF, DROPPED, SLIDE_ON))
        await settle()
        assert (owner.told, owner.lost, len(asked)) == ([False, True], [], 1)

    run(scene())


# -- bytes ----------------------------------------------------------------------------------------


@given(st.lists(events, max_size=20), st.lists(st.integers(1, 60)))
def test_events_arrive_however_they_are_cut(happened: list[InputEvent], sizes: list[int]) -> None:
    data, reader, got = raw(*happened), EventReader(), []
    for size in sizes:
        piece, data = data[:size], data[size:]
        got += list(reader.feed(piece))
    got += list(reader.feed(data))
    assert got == happened


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_garbage_is_read_without_complaint_and_without_growing(pieces: list[bytes]) -> None:
    reader = EventReader()
    count = sum(len(list(reader.feed(piece))) for piece in pieces)
    assert count == sum(map(len, pieces)) // 24
    assert len(reader._left) < 24


@given(st.lists(st.one_of(events, st.sampled_from([PRESS, SLIDE_ON, SLIDE_OFF, DROPPED]))))
def test_whatever_it_sends_changes_are_reported_in_turn(happened: list[InputEvent]) -> None:
    read, write = os.pipe()

    async def scene() -> None:
        owner = Owner()
        switch = EvdevSwitch(Path(f"/proc/self/fd/{read}"), owner.on_lost, lambda _file: SWITCH)
        switch.start(owner.on_change)
        os.write(write, raw(*happened) + b"\x07")
        await settle()
        assert owner.told == [bool(n % 2) for n in range(len(owner.told))]
        assert owner.lost == []
        switch.stop()

    try:
        run(scene())
    finally:
        os.close(read)
        os.close(write)


C = """
#include <stdio.h>
#include <linux/input.h>
int main(void) {
    printf("%zu %lu %lu %lu %d %d\\n", sizeof(struct input_event), (unsigned long)EVIOCGSW(2),
        (unsigned long)EVIOCGBIT(EV_SW, 2), (unsigned long)EVIOCGBIT(EV_KEY, 96),
        KEY_MICMUTE, SW_MUTE_DEVICE);
}
"""


@pytest.mark.skipif(
    which("cc") is None or not Path("/usr/include/linux/input.h").exists(),
    reason="needs a C compiler and the kernel's headers",
)
def test_the_numbers_are_those_of_the_kernels_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "n.c").write_text(C)
    subprocess.run(["cc", "-o", tmp_path / "n", tmp_path / "n.c"], check=True)
    size, *requests, key, switch = map(
        int, subprocess.check_output([tmp_path / "n"], text=True).split()
    )
    asked: list[int] = []

    def ioctl(_file: int, request: int, data: bytes) -> bytes:
        asked.append(request)
        return b"\xff" * len(data)

    monkeypatch.setattr(evdev.fcntl, "ioctl", ioctl)
    assert evdev.inspect(0) == Mute(key=True, switch=True)
    assert sorted(asked) == sorted(requests)
    assert (evdev._EVENT.size, evdev.KEY_MICMUTE, evdev.SW_MUTE_DEVICE) == (size, key, switch)
