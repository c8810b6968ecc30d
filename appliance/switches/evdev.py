"""A mute switch that Linux knows as an input device: /dev/input/event<N>.

Two kinds: SW_MUTE_DEVICE, a switch with a position, and KEY_MICMUTE, a key (one of a headset, or
`gpio-keys` in the device tree). Layout and numbers: linux/input.h and input-event-codes.h; the
package `evdev` would bring no wheels, and this is all that we need of it.

Run against uinput on Linux 6.1: position at the start, changes, lost events, a key, unplugging. Not
yet run on a board.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from appliance.errors import ApplianceError
from appliance.switches.ports import Lost, lost_switch, report_lost, unusable
from appliance.switches.watched import Watched

EV_SYN, EV_KEY, EV_SW = 0, 1, 5
SYN_DROPPED, KEY_MICMUTE, SW_MUTE_DEVICE = 3, 248, 14
_PRESSED = 1  # 0 is a release, 2 an automatic repetition
_EVENT = struct.Struct("@llHHi")  # struct input_event: two longs of time, type, code, value
_AT_ONCE = 64  # events to read in one go


class InputEvent(NamedTuple):
    """Something happened on an input device."""

    type: int
    code: int
    value: int


class EventReader:
    """Cuts a stream of bytes into events, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._left = b""

    def feed(self, data: bytes) -> Iterator[InputEvent]:
        """The events that are complete now; less than one event waits for the rest."""
        data = self._left + data
        whole = len(data) // _EVENT.size * _EVENT.size
        self._left = data[whole:]
        for _seconds, _microseconds, *event in _EVENT.iter_unpack(data[:whole]):
            yield InputEvent(*event)


@dataclass(frozen=True, slots=True)
class Mute:
    """What an input device has to mute with.

    Attributes:
        key: it has KEY_MICMUTE.
        switch: the position of its SW_MUTE_DEVICE; None: it has none.
    """

    key: bool
    switch: bool | None


def inspect(file: int) -> Mute:
    """Ask the kernel; OSError where this is no input device."""
    has_switch = _bit(_bits(file, 0x20 + EV_SW, 2), SW_MUTE_DEVICE)
    position = _bit(_bits(file, 0x1B, 2), SW_MUTE_DEVICE)  # EVIOCGSW
    key = _bit(_bits(file, 0x20 + EV_KEY, 96), KEY_MICMUTE)  # EVIOCGBIT
    return Mute(key, position if has_switch else None)


def _bits(file: int, number: int, size: int) -> bytes:
    """The ioctl _IOC(_IOC_READ, 'E', number, size)."""
    request = 2 << 30 | size << 16 | ord("E") << 8 | number
    return fcntl.ioctl(file, request, bytes(size))


def _bit(bits: bytes, number: int) -> bool:
    return bool(int.from_bytes(bits, "little") >> number & 1)


class EvdevSwitch:
    """An input device; implements `MuteSwitch`."""

    def __init__(
        self,
        device: Path,
        lost: Lost = report_lost,
        inspect: Callable[[int], Mute] = inspect,
    ) -> None:
        """Remember which; it is opened by `start`.

        Args:
            device: /dev/input/event<N>, or a stable link to it below /dev/input/by-path.
            lost: told when it was unplugged.
            inspect: how to ask the kernel what it has.
        """
        self._device, self._lost, self._inspect = device, lost, inspect
        self._watched = Watched()
        self._file = -1
        self._reader = EventReader()
        self._key = False

    @property
    def muted(self) -> bool:
        """As the port. A key begins with False."""
        return self._watched.muted

    def start(self, on_change: Callable[[bool], None]) -> None:
        """As the port; `SWITCH-INPUT`, or `SWITCH-NO-MUTE` where the device can't mute."""
        if self._watched.watching:
            raise RuntimeError("the switch is being watched already")
        try:
            self._file = os.open(self._device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            mute = self._inspect(self._file)
        except OSError as error:
            self._close()
            raise unusable("SWITCH-INPUT", str(self._device), error, _REMEDY) from error
        if mute.switch is None and not mute.key:
            self._close()
            raise ApplianceError(
                "SWITCH-NO-MUTE",
                f"the mute switch {self._device} cannot be used",
                "this input device has neither a mute switch nor a microphone-mute key",
                _REMEDY,
            )
        self._reader, self._key = EventReader(), mute.switch is None
        self._watched.begin(self._file, self._ready, on_change, muted=bool(mute.switch))

    def stop(self) -> None:
        """As the port."""
        self._watched.end()
        self._close()

    def follow(self, *, muted: bool) -> None:
        """As the port; a switch keeps its position."""
        if self._key:
            self._watched.muted = muted

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _ready(self) -> None:
        try:
            data = os.read(self._file, _EVENT.size * _AT_ONCE)
            if not data:
                raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))  # noqa: TRY301
            for event in self._reader.feed(data):
                self._take(event)
        except BlockingIOError:
            return
        except OSError as error:
            self.stop()
            self._lost(lost_switch(str(self._device), error.strerror or str(error)))

    def _take(self, event: InputEvent) -> None:
        kind = event.type, event.code
        if kind == (EV_SW, SW_MUTE_DEVICE):
            self._watched.change(muted=bool(event.value))
        elif kind == (EV_KEY, KEY_MICMUTE) and event.value == _PRESSED and self._key:
            self._watched.change(muted=not self.muted)
        elif kind == (EV_SYN, SYN_DROPPED) and not self._key and self._watched.watching:
            self._watched.change(muted=bool(self._inspect(self._file).switch))


_REMEDY = "see `ls -l /dev/input/by-path`; the service's user must be in the group `input`"
