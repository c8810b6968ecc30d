"""The sound card, by PortAudio: a microphone and a loudspeaker."""

from __future__ import annotations

import asyncio
import contextlib
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING, Any

import numpy as np

from audio.errors import AudioError
from audio.format import FRAME_S, FRAME_SAMPLES, RATE_HZ, Frame, Samples
from audio.playout import PERIOD_S, QUEUED_S, Tap
from audio.portaudio import Device, DeviceId, System, list_devices
from audio.rechunk import Framer

if TYPE_CHECKING:
    from collections.abc import Callable

    from audio.continuity import Continuity

__all__ = ["Device", "PyAudioLoudspeaker", "PyAudioMicrophone", "list_devices"]

_STALL_S = 3.0
"""A device that gives or takes nothing for so long is lost."""


class PyAudioMicrophone:
    """A capture device; implements `Microphone`. Callbacks come from threads of its own."""

    def __init__(
        self,
        device: DeviceId = None,
        stall_s: float = _STALL_S,
        continuity: Continuity | None = None,
    ) -> None:
        """Remember which; nothing is opened before `start`. `continuity` is told what comes."""
        self._device, self._stall_s, self._continuity = device, stall_s, continuity
        self._system: System | None = None
        self._stopping = Event()
        self._beat = Event()
        self._error: Exception | None = None
        self._seq = 0

    def start(
        self, deliver: Callable[[Frame], None], ended: Callable[[Exception | None], None]
    ) -> None:
        """Open the device.

        Raises:
            AudioError: `AUD-NO-PORTAUDIO`, `AUD-NO-DEVICE` or `AUD-DEVICE`.
            RuntimeError: it runs already.
        """
        if self._system is not None:
            raise RuntimeError("the microphone runs already")
        self._stopping, self._beat, self._error, self._seq = Event(), Event(), None, 0
        self._system = System()
        try:
            self._stream = self._open(self._system, deliver)
        except BaseException:
            self._release()
            raise
        self._watch = Thread(target=self._run_watch, args=(ended,), name="mic", daemon=True)
        self._watch.start()

    def stop(self) -> None:
        """Close the device; may be called again."""
        self._stopping.set()
        self._beat.set()
        if self._system is not None:
            if current_thread() is not self._watch:
                self._watch.join()
            self._stream.close()
            self._release()

    def _release(self) -> None:
        system, self._system = self._system, None
        if system is not None:
            system.close()

    def _open(self, system: System, deliver: Callable[[Frame], None]) -> Any:  # noqa: ANN401
        index = system.find(self._device, "inputs")
        rate, channels = system.supported(index, RATE_HZ, "input")
        framer = Framer(rate, channels)
        if self._continuity is not None:
            self._continuity.begin()

        def callback(data: bytes, count: int, _time: object, status: int) -> tuple[None, int]:
            if self._stopping.is_set():
                return None, system.abort
            if self._continuity is not None:
                self._continuity.arrived(count / rate, told=bool(status & system.overflow))
            try:
                self._hand_over(framer.feed(np.frombuffer(data, np.int16)), deliver)
            except Exception as error:  # noqa: BLE001  (PortAudio would swallow it)
                self._error = error
                self._beat.set()
                return None, system.abort
            return None, system.go_on

        size = round(FRAME_SAMPLES * rate / RATE_HZ)
        return system.open("input", index, rate, channels, size, callback)

    def _hand_over(self, parts: list[Samples], deliver: Callable[[Frame], None]) -> None:
        for part in parts:
            self._seq += 1
            deliver(Frame(part, self._seq - 1, self._seq * FRAME_S))
        self._beat.set()

    def _run_watch(self, ended: Callable[[Exception | None], None]) -> None:
        """A device that was pulled out just falls silent: notice that, and say so once."""
        while not self._stopping.is_set():
            alive = self._beat.wait(self._stall_s)
            self._beat.clear()
            if self._stopping.is_set():
                return
            if self._error is not None or not alive:
                self._stopping.set()
                ended(self._error or _lost("AUD-MIC-LOST", "microphone", self._stall_s))


class PyAudioLoudspeaker:
    """A playback device; implements `Loudspeaker`. Belongs to the loop that plays."""

    def __init__(
        self,
        rate_hz: int,
        device: DeviceId = None,
        stall_s: float = _STALL_S,
        tap: Tap | None = None,
    ) -> None:
        """Open the device; AudioError as `PyAudioMicrophone.start`.

        `tap` is told, in PortAudio's thread, each period as the device takes it.
        """
        self._rate_hz, self._stall_s, self._tap = rate_hz, stall_s, tap
        self.gain = 1.0
        """How loud everything that sounds from the next period on is, 0..1."""
        self._leaving_gain = 1.0
        self._taken = 0
        self._lock = Lock()
        self._queue: Samples = np.zeros(0, np.int16)
        self._heard = 0
        self._flushes = 0
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._closed = self._released = False
        self._device, self._device_hz = device, rate_hz
        self._open()

    def _open(self) -> None:
        self._system = System()
        try:
            index = self._system.find(self._device, "outputs")
            device_hz, self._channels = self._system.supported(index, self._rate_hz, "output")
            self._set_rate(device_hz)
            self._resampler = self._new_resampler()
            size = round(self._device_hz * PERIOD_S)
            self._stream = self._system.open(
                "output", index, self._device_hz, self._channels, size, self._callback
            )
        except BaseException:
            self._system.close()
            raise

    def _set_rate(self, device_hz: int) -> None:
        """Count in another rate from now on; the clock goes on from where it is."""
        self._taken = round(self._taken * device_hz / self._device_hz)
        self._heard = round(self._heard * device_hz / self._device_hz)
        self._device_hz = device_hz

    def reopen(self) -> None:
        """Close the device and open it again; what was queued is dropped.

        Once nobody has a device open, PortAudio looks anew which ones there are.

        Raises:
            AudioError: it cannot be opened; `reopen` may be called again.
        """
        self.release()
        self._open()
        self._released = False

    def release(self) -> None:
        """Let go of the device until `reopen`; what is played meanwhile waits."""
        self.flush()
        if not self._released and not self._closed:
            self._released = True
            self._stream.close()
            self._system.close()

    @property
    def rate_hz(self) -> int:
        """The rate that `play` expects; the device may run at another."""
        return self._rate_hz

    async def play(self, samples: Samples) -> None:
        """Queue samples; RuntimeError after `close`, AudioError `AUD-SPEAKER-LOST`."""
        if self._closed:
            raise RuntimeError("play after close")
        flushes = self._flushes
        self._append(self._resample(samples))
        await self._until(lambda: self._queued_s() <= QUEUED_S or self._flushes != flushes)

    async def drain(self) -> None:
        """Wait until the device has taken everything queued."""
        self._append(self._resample(np.zeros(0, np.int16), last=True))
        await self._until(lambda: self._queued_s() == 0)

    def flush(self) -> None:
        """Silence from the next period (20 ms) on."""
        with self._lock:
            self._queue = self._queue[:0]
            self._flushes += 1
        self._resampler = self._new_resampler()
        self._wake()

    def now_s(self) -> float:
        """The device's own clock: seconds of sound and silence that it took; for any thread."""
        return self._taken / self._device_hz

    def heard_s(self) -> float:
        """Seconds that the device took; up to its buffer more than what left the loudspeaker."""
        return self._heard / self._device_hz

    def close(self) -> None:
        """Release the device; may be called again."""
        self.release()
        self._closed = True
        self._wake()

    def _new_resampler(self) -> Any:  # noqa: ANN401
        if self._device_hz == self._rate_hz:
            return None
        import soxr  # type: ignore[import-untyped]  # noqa: PLC0415

        return soxr.ResampleStream(self._rate_hz, self._device_hz, 1, dtype="int16")

    def _resample(self, samples: Samples, *, last: bool = False) -> Samples:
        if self._resampler is None:
            return samples
        resampled: Samples = self._resampler.resample_chunk(samples, last=last)
        if last:
            self._resampler = self._new_resampler()
        return resampled

    def _append(self, samples: Samples) -> None:
        with self._lock:
            self._queue = np.concatenate((self._queue, samples))

    def _queued_s(self) -> float:
        return len(self._queue) / self._device_hz

    def _callback(
        self, _data: object, count: int, _time: object, _status: int
    ) -> tuple[bytes, int]:
        with self._lock:
            part, self._queue = self._queue[:count], self._queue[count:]
            self._heard += len(part)
        part = self._amplified(part)
        if self._tap is not None and len(part):
            self._tap(part, self._device_hz, self.now_s())
        self._taken += count
        self._wake()
        full = np.pad(part, (0, count - len(part)))
        return np.repeat(full, self._channels).tobytes(), self._system.go_on

    def _amplified(self, part: Samples) -> Samples:
        """With the gain, which glides to a new one within the period, or it would click."""
        before, self._leaving_gain = self._leaving_gain, self.gain
        if before == self._leaving_gain == 1:
            return part
        gain = np.linspace(before, self._leaving_gain, len(part))
        return np.round(part * gain).astype(np.int16)

    def _wake(self) -> None:
        for loop, event in tuple(self._waiters):
            with contextlib.suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(event.set)

    async def _until(self, done: Callable[[], bool]) -> None:
        event = asyncio.Event()
        waiter = (asyncio.get_running_loop(), event)
        self._waiters.add(waiter)
        try:
            while not done() and not self._closed:
                await asyncio.wait_for(event.wait(), self._stall_s)
                event.clear()
        except TimeoutError:
            raise _lost("AUD-SPEAKER-LOST", "loudspeaker", self._stall_s) from None
        finally:
            self._waiters.discard(waiter)


def _lost(code: str, what: str, stall_s: float) -> AudioError:
    return AudioError(
        code,
        f"the {what} was lost",
        f"it has been standing still for {stall_s:g} s",
        "check its plug and `dmesg`",
    )
