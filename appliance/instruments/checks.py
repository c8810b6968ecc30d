"""Checks that a technician starts: `test` on the console."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import numpy as np

from appliance.body import RESTFUL
from appliance.clock import civil_now, working
from appliance.console.ports import Figures
from appliance.doctor import Check, Status, examine
from appliance.errors import ApplianceError
from appliance.instruments.gauges import Gauges
from audio.earcons import Earcon, render
from audio.errors import AudioError
from audio.format import FRAME_S
from audio.level import level_db
from audio.ports import Loudspeaker

_LISTENED_S = 2.0
_ENOUGH = 0.8
_OLDEST_YEAR = 2025
_BLOCK = os.urandom(65_536)


class OwnChecks:
    """Implements `console.ports.Checks`; for the loop's thread."""

    def __init__(
        self,
        gauges: Gauges,
        speaker: Loudspeaker,
        npu: Callable[[], list[Check]],
        folder: Path,
    ) -> None:
        """Take the parts; `folder` is where the service keeps its state."""
        self._gauges, self._speaker, self._npu, self._folder = gauges, speaker, npu, folder
        self._checks: Mapping[str, Callable[[], Awaitable[Figures]]] = {
            "mic": self._mic,
            "speaker": self._sounds,
            "npu": self._accelerator,
            "storage": self._storage,
            "clock": self._clock,
        }

    async def run(self, name: str) -> Figures:
        """As the port; a check that this build lacks neither passes nor fails."""
        if name not in self._checks:
            return _open("not available in this build: it needs the self-test by sound")
        try:
            return await self._checks[name]()
        except (ApplianceError, AudioError) as error:
            return _verdict(passed=False, found=f"{error.what}; {error.cause}", remedy=error.remedy)

    async def _mic(self) -> Figures:
        wanted = round(_LISTENED_S / FRAME_S)
        frames = await self._gauges.collect(wanted, _LISTENED_S * 2)
        if len(frames) < wanted * _ENOUGH:
            state = self._gauges.conversation.value
            found = f"{len(frames)} of {wanted} frames came; the conversation is `{state}`"
            return _verdict(passed=False, found=found, remedy="see `log`; is it muted?")
        sound = np.concatenate([frame.samples for frame in frames])
        if sound.min() == sound.max():
            found = f"every sample is {sound[0]}"
            return _verdict(passed=False, found=found, remedy="check the cable and the codec")
        peak = int(np.abs(sound.astype(np.int32)).max())
        return _verdict(passed=True, found=f"{level_db(sound):.0f} dB, peak {peak} of 32768")

    async def _sounds(self) -> Figures:
        if self._gauges.conversation not in RESTFUL:
            return _open(f"not now: the conversation is `{self._gauges.conversation.value}`")
        before_s = self._speaker.heard_s()
        await self._speaker.play(render(Earcon.HEARD, self._speaker.rate_hz))
        await self._speaker.drain()
        played_s = self._speaker.heard_s() - before_s
        if played_s <= 0:
            remedy = "see `aplay -l`, and `devices.loudspeaker`"
            return _verdict(passed=False, found="nothing was played", remedy=remedy)
        return _verdict(passed=True, found=f"{played_s:.2f} s were played; did you hear them?")

    async def _accelerator(self) -> Figures:
        checks = self._npu()
        if not checks:
            return _open("the profile does not use the NPU")
        with working():
            findings = await asyncio.to_thread(lambda: [examine(check) for check in checks])
        bad = [finding for finding in findings if finding.status is not Status.OK]
        told = "; ".join(f"{finding.name}: {finding.detail}" for finding in bad or findings)
        return _verdict(passed=not bad, found=told, remedy=bad[0].remedy if bad else "")

    async def _storage(self) -> Figures:
        try:
            with working():
                free = await asyncio.to_thread(_write_and_read, self._folder)
        except OSError as error:
            remedy = "make room, or check the file system: see the kernel's log"
            return _verdict(passed=False, found=str(error), remedy=remedy)
        return _verdict(passed=True, found=f"written, synced, read; {free >> 20} MiB free")

    async def _clock(self) -> Figures:
        now = civil_now()
        found = now.strftime("%Y-%m-%d %H:%M:%S %z")
        remedy = "" if now.year >= _OLDEST_YEAR else "the clock was lost: check its battery"
        return _verdict(passed=not remedy, found=found, remedy=remedy)


def _write_and_read(folder: Path) -> int:
    """Bytes that are free; OSError where what was written is not what is read."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(_BLOCK)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        if file.read() != _BLOCK:
            raise OSError("what was read is not what was written")
    room = os.statvfs(folder)
    return room.f_bavail * room.f_frsize


def _verdict(*, passed: bool, found: str, remedy: str = "") -> Figures:
    return {"passed": passed, "found": found, "remedy": remedy}


def _open(found: str) -> Figures:
    return {"passed": None, "found": found, "remedy": ""}
