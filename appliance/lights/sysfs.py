"""A LED of Linux's LED class: /sys/class/leds/<name>.

Where the kernel has the trigger `pattern`, it does the animation and nothing runs here; elsewhere
a timer on the loop writes the brightness, 20 times a second and only while something moves (the
kernel's own pace). A LED with `multi_intensity` gets the phase's colour, any other its rhythm;
one that is only on or off (`gpio-leds`) blinks where others breathe.

What `trigger`, `pattern` and `multi_intensity` mean: the kernel's Documentation/ABI/testing/
sysfs-class-led, -led-trigger-pattern and -led-multicolor. Run against a keyboard's LED on Linux 6.1
(patterns by the kernel and by the loop, unplugging); a multicolour LED, and a board's, not yet.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.lights.patterns import PATTERNS, Pattern
from appliance.lights.ports import Phase

log = logging.getLogger(__name__)

LEDS = Path("/sys/class/leds")
_TICK_S = 0.05


def _log(error: ApplianceError) -> None:
    log.error("%s: %s", error.code, error)


class SysfsLights:
    """One LED; implements `Lights`. Belongs to the loop's thread."""

    def __init__(
        self, name: str, root: Path = LEDS, lost: Callable[[ApplianceError], None] = _log
    ) -> None:
        """Look at the LED; it is not touched before the first `show`.

        Args:
            name: of the LED, a folder below `root`.
            root: where the kernel lists LEDs.
            lost: told when the LED vanishes at run time (`LIGHT-LOST`): once, and again only if it
                has worked in between. Every `show` tries anew.

        Raises:
            ApplianceError: `LIGHT-NO-LED`, `LIGHT-PERMISSION` or `LIGHT-LED`.
        """
        self._led, self._lost = root / name, lost
        _check(self._led, root)
        self._patterns = _has_patterns(self._led)
        self._is_lost = False
        self._shown: Phase | None = None
        self._timer: asyncio.TimerHandle | None = None

    def show(self, phase: Phase) -> None:
        """As the port; needs a running loop where the kernel has no patterns."""
        if phase is self._shown and not self._is_lost:
            return
        self._shown = phase
        self._stop()
        self._guarded(lambda: self._begin(PATTERNS[phase]))

    def close(self) -> None:
        """Leave the LED dark."""
        self._stop()
        if self._shown is not None:
            self._shown = None
            self._guarded(self._darken)

    def _guarded(self, write: Callable[[], None]) -> None:
        """A LED that fails costs a line in the log, not the service."""
        try:
            write()
        except (OSError, ValueError) as error:
            self._stop()
            if not self._is_lost:
                self._is_lost = True
                self._lost(_vanished(self._led, error))
        else:
            self._is_lost = False

    def _begin(self, pattern: Pattern) -> None:
        full = int((self._led / "max_brightness").read_text())
        if full == 1:
            pattern = pattern.on_off()
        self._darken()
        self._colour(pattern, full)
        if not pattern.period_ms:
            self._write("brightness", _level(pattern.level(0), full))
        elif not self._by_kernel(pattern, full):
            loop = asyncio.get_running_loop()
            self._tick(pattern, full, loop.time(), written="")

    def _by_kernel(self, pattern: Pattern, full: int) -> bool:
        if not self._patterns:
            return False
        self._write("trigger", "pattern")
        steps = (f"{_level(step.level, full)} {step.ms}" for step in pattern.steps)
        try:
            self._write("pattern", " ".join(steps))
        except PermissionError:  # the kernel has just made that file, for root alone
            self._patterns = False
            self._write("trigger", "none")
        return self._patterns

    def _tick(self, pattern: Pattern, full: int, begun_s: float, written: str) -> None:
        loop = asyncio.get_running_loop()
        level = _level(pattern.level((loop.time() - begun_s) * 1000), full)

        def step() -> None:
            if level != written:
                self._write("brightness", level)
            self._timer = loop.call_later(_TICK_S, self._tick, pattern, full, begun_s, level)

        self._guarded(step)

    def _darken(self) -> None:
        if (self._led / "trigger").exists():
            self._write("trigger", "none")
        self._write("brightness", "0")

    def _colour(self, pattern: Pattern, full: int) -> None:
        index = self._led / "multi_index"
        if index.exists():
            parts = pattern.colour._asdict()
            names = index.read_text().split()
            values = (str(round(parts.get(name, 0.0) * full)) for name in names)
            self._write("multi_intensity", " ".join(values))

    def _write(self, name: str, text: str) -> None:
        """One write to a file that is there; nothing is created."""
        handle = os.open(self._led / name, os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
        try:
            os.write(handle, text.encode())
        finally:
            os.close(handle)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _level(level: float, full: int) -> str:
    """As the kernel counts brightness; what is lit stays lit on a LED that is only on or off."""
    return str(max(round(level * full), int(level > 0)))


def _check(led: Path, root: Path) -> None:
    brightness = led / "brightness"
    if not brightness.is_file():
        found = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
        raise ApplianceError(
            "LIGHT-NO-LED",
            f"there is no LED `{led.name}`",
            f"{root} has {', '.join(found) if found else 'none'}",
            "name one of these after `sysfs:`, or use `none`",
        )
    try:
        os.close(os.open(brightness, os.O_WRONLY | os.O_CLOEXEC))
    except PermissionError as error:
        raise ApplianceError(
            "LIGHT-PERMISSION",
            f"the LED `{led.name}` may not be switched",
            f"{brightness} is not writable for this user",
            "give the service's group its files by a udev rule: see docs/earcons.md",
        ) from error
    except OSError as error:
        raise ApplianceError(
            "LIGHT-LED",
            f"the LED `{led.name}` cannot be switched",
            error.strerror or str(error),
            "check its driver with `dmesg`",
        ) from error


def _has_patterns(led: Path) -> bool:
    """Whether the kernel can animate it: `trigger` lists what it knows, what is on in brackets."""
    try:
        triggers = (led / "trigger").read_bytes()
    except OSError:
        return False
    return b"pattern" in triggers.translate(None, b"[]").split()


def _vanished(led: Path, error: Exception) -> ApplianceError:
    return ApplianceError(
        "LIGHT-LOST",
        f"the LED `{led.name}` no longer works",
        str(error),
        "check its plug and `dmesg`; the appliance goes on without it",
    )
