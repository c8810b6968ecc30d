"""The room around the machine: what its microphone hears, what its loudspeaker says.

QEMU's sound card asks by D-Bus for every sample of the microphone, and hands over what it plays
(docs/interop/dbus-display of QEMU). The machine's own clock drives both: time is what it has asked
for, and there is no other.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread

import numpy as np
from jeepney import DBusAddress, Message, MessageType
from jeepney.bus_messages import message_bus
from jeepney.low_level import HeaderFields
from numpy.typing import NDArray

from tests.rig.dbus import Peer

Pcm = NDArray[np.int16]
Way = Callable[[Message], bytes]
RATE_HZ = 48000
TICK_US = 1_000_000 * 1024 // RATE_HZ
"""At each tick of its audio timer QEMU asks for all that its buffer has room for: 1024 frames in
Debian 12's QEMU 7.2. So the timer gives the pace: with a shorter one the machine hears too fast."""
CARD_ARGS = (
    *(
        "-audiodev",
        f"dbus,id=snd,timer-period={TICK_US},in.frequency={RATE_HZ},out.frequency={RATE_HZ}",
    ),
    *("-device", "ich9-intel-hda", "-device", "hda-micro,audiodev=snd,mixer=off"),
)
_QEMU = "org.qemu"
_CARD = DBusAddress("/org/qemu/Display1/Audio", _QEMU, "org.qemu.Display1.Audio")
_NOISE = np.random.default_rng(1).normal(0, 20, RATE_HZ * 30).astype(np.int16)
"""A quiet room. A microphone that delivers zeros is broken, and the service says so."""


class Room:
    """Sound in and out of a machine, for as long as it runs."""

    def __init__(self, folder: Path) -> None:
        """Open the room, a bus; QEMU is started with `args`, then it is let in."""
        self.deaf = False
        """The microphone delivers digital silence."""
        self._lock = Lock()
        self._to_say, self._heard, self._at = b"", bytearray(), 0
        self._threads: list[Thread] = []
        self._lines: list[socket.socket] = []
        path = folder / "bus"
        path.unlink(missing_ok=True)
        self.args = (*CARD_ARGS, "-display", f"dbus,addr=unix:path={path},audiodev=snd")
        command = ["dbus-daemon", "--session", "--nofork", f"--address=unix:path={path}"]
        self._bus = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        line = socket.socket(socket.AF_UNIX)
        self._lines.append(line)
        while line.connect_ex(str(path)):
            time.sleep(0.02)
        self._main = Peer(line)
        self._main.call(message_bus, "Hello")

    def let_in(self) -> None:
        """Connect the machine, which has been started; returns when its sound card may ask."""
        while not self._is_there():
            time.sleep(0.05)
        for way, member in ((self._microphone, "In"), (self._loudspeaker, "Out")):
            ours, theirs = socket.socketpair()
            self._main.call(_CARD, f"Register{member}Listener", "h", theirs)
            peer = Peer(ours)
            theirs.close()
            self._lines.append(ours)
            self._start(peer, way)
        self._start(self._main, self._loudspeaker)

    def _start(self, peer: Peer, way: Way) -> None:
        thread = Thread(target=self._serve, args=(peer, way), name="room", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _is_there(self) -> bool:
        return self._main.answered(self._main.call(message_bus, "GetNameOwner", "s", _QEMU))

    def say(self, pcm: Pcm, rate_hz: int) -> None:
        """Say something to the microphone, mono, after what is being said."""
        step = np.arange(0, len(pcm) - 1, rate_hz / RATE_HZ)
        at_rate = np.interp(step, np.arange(len(pcm)), pcm).astype(np.int16)
        with self._lock:
            self._to_say += np.repeat(at_rate, 2).tobytes()

    def speaking(self) -> bool:
        """Whether something is still being said."""
        with self._lock:
            return bool(self._to_say)

    def hush(self) -> None:
        """What the microphone has not asked for yet is never said."""
        with self._lock:
            self._to_say = b""

    def heard(self) -> Pcm:
        """What came out of the loudspeaker since the last call, mono at `RATE_HZ`."""
        with self._lock:
            data, self._heard = bytes(self._heard), bytearray()
        return np.frombuffer(data[: len(data) // 4 * 4], np.int16)[::2]

    def close(self) -> None:
        """When the machine has ended; may be called again."""
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for line in self._lines:
            line.close()
        self._bus.terminate()
        self._bus.wait()

    def _serve(self, peer: Peer, method: Way) -> None:
        with contextlib.suppress(OSError):  # the machine has ended
            while True:
                message = peer.receive()
                if message.header.message_type is MessageType.method_call:
                    self._answer(peer, message, method)

    @staticmethod
    def _answer(peer: Peer, call: Message, method: Way) -> None:
        member = call.header.fields[HeaderFields.member]
        if member == "GetAll":
            peer.answer(call, "a{sv}", {})
        elif member == "Read":
            peer.answer(call, "ay", method(call))
        else:
            if member == "Write":
                method(call)
            peer.answer(call)

    def _microphone(self, call: Message) -> bytes:
        """As much as is wanted: what is being said, and silence after it."""
        _id, count = call.body
        with self._lock:
            said, self._to_say = self._to_say[:count], self._to_say[count:]
        return self._in_the_room(said, count)

    def _in_the_room(self, said: bytes, count: int) -> bytes:
        if self.deaf:
            return bytes(count)
        frames = count // 4
        room = np.repeat(np.take(_NOISE, range(self._at, self._at + frames), mode="wrap"), 2)
        self._at += frames
        voice = np.frombuffer(said + bytes(count - len(said)), np.int16).astype(np.int32)
        return np.clip(voice + room, -32768, 32767).astype(np.int16).tobytes()

    def _loudspeaker(self, call: Message) -> bytes:
        with self._lock:
            self._heard += call.body[1]
        return b""
