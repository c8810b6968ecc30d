"""PortAudio's devices. The only file that knows PyAudio; it is imported when it is needed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from audio.errors import AudioError

DeviceId: TypeAlias = int | str | None
"""A number, a part of the name, or None for the system's default."""


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device; `inputs` and `outputs` are its channels."""

    index: int
    name: str
    inputs: int
    outputs: int
    default_rate_hz: int


def list_devices() -> list[Device]:
    """All devices that PortAudio sees; AudioError `AUD-NO-PORTAUDIO` where it is missing."""
    with contextlib.closing(System()) as system:
        return system.devices()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """While PortAudio looks for devices, ALSA and JACK write a page about those that are not."""
    kept = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(silence)


class System:
    """PortAudio, initialised for one user."""

    def __init__(self) -> None:
        try:
            import pyaudio  # noqa: PLC0415

            with _quiet():
                self._pa = pyaudio.PyAudio()
        except (ImportError, OSError) as error:
            raise AudioError(
                "AUD-NO-PORTAUDIO",
                "no sound card can be used",
                f"PyAudio does not work here ({error})",
                "run `apt install portaudio19-dev`, then `pip install '.[live]'`",
            ) from error
        self._format = pyaudio.paInt16
        self.go_on, self.abort = pyaudio.paContinue, pyaudio.paAbort
        self.overflow = pyaudio.paInputOverflow

    def close(self) -> None:
        self._pa.terminate()

    def devices(self) -> list[Device]:
        count = self._pa.get_device_count()
        return [self._device(self._pa.get_device_info_by_index(i)) for i in range(count)]

    def find(self, wanted: DeviceId, way: str) -> int:
        """The index of a device with channels that way ("inputs" or "outputs")."""
        usable = [device for device in self.devices() if getattr(device, way) > 0]
        if wanted is None:
            return self._default(way, usable)
        for device in usable:
            if wanted == device.index or (isinstance(wanted, str) and wanted in device.name):
                return device.index
        names = ", ".join(f"{device.index} {device.name}" for device in usable) or "none"
        raise AudioError(
            "AUD-NO-DEVICE",
            f"there is no sound device {wanted!r} with {way}",
            f"found: {names}",
            "plug it in, or choose another",
        )

    def _default(self, way: str, usable: list[Device]) -> int:
        ask = {
            "inputs": self._pa.get_default_input_device_info,
            "outputs": self._pa.get_default_output_device_info,
        }[way]
        try:
            return self._device(ask()).index
        except OSError as error:
            if usable:
                return usable[0].index
            raise AudioError(
                "AUD-NO-DEVICE",
                f"there is no sound device with {way}",
                "PortAudio sees none",
                "plug one in, and see `arecord -l` and `aplay -l`",
            ) from error

    def supported(self, index: int, rate: int, way: str) -> tuple[int, int]:
        """Rate and channels to open a device with: as wanted if it can, else as it likes."""
        own = self._device(self._pa.get_device_info_by_index(index)).default_rate_hz
        for channels in (1, 2):
            for hertz in (rate, own):
                if self._can(index, hertz, channels, way):
                    return hertz, channels
        return own, 1  # let `open` say what is wrong

    def open(
        self, way: str, index: int, rate: int, channels: int, size: int, callback: object
    ) -> Any:  # noqa: ANN401
        """A running stream; AudioError `AUD-DEVICE`."""
        try:
            return self._pa.open(
                rate=rate,
                channels=channels,
                format=self._format,
                frames_per_buffer=size,
                stream_callback=callback,
                **{way: True, f"{way}_device_index": index},
            )
        except (OSError, ValueError) as error:
            raise AudioError(
                "AUD-DEVICE",
                f"the sound device {index} cannot be opened for {way}",
                str(error),
                "close what else uses it, or choose another",
            ) from error

    def _can(self, index: int, rate: int, channels: int, way: str) -> bool:
        wanted = {f"{way}_device": index, f"{way}_channels": channels}
        try:
            return bool(
                self._pa.is_format_supported(rate, **wanted, **{f"{way}_format": self._format})
            )
        except ValueError:
            return False

    @staticmethod
    def _device(info: dict[str, Any]) -> Device:
        return Device(
            index=int(info["index"]),
            name=str(info["name"]),
            inputs=int(info["maxInputChannels"]),
            outputs=int(info["maxOutputChannels"]),
            default_rate_hz=round(float(info["defaultSampleRate"])),
        )
