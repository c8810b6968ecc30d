"""Clocks of the platform: what each may do, what it does, and how to hold it at its fastest.

A governor that follows the load starts slow: an RK3576's NPU took 37.8 ms for a network under its
own `rknpu_ondemand`, and 17.1 ms under `performance` (a Luckfox board; docs/tune.md). Sources:
Linux's Documentation/admin-guide/pm/cpufreq.rst and Documentation/ABI/testing/sysfs-class-devfreq.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from appliance.durable import write_durably
from appliance.errors import ApplianceError

PERFORMANCE, USERSPACE = "performance", "userspace"
NOTE = "run/appliance/tune.json"
"""What it was before; gone with the next boot, as the settings are."""
DEVICES = {".npu": "NPU", "dmc": "DDR", ".gpu": "GPU"}
"""How the names of devices in sysfs end."""
UNUSED = ("GPU",)
"""Nothing of ours runs there, so it is shown and left alone: heat is shared."""


class Files(NamedTuple):
    """Names in a clock's folder, and how many of its units are a hertz."""

    governor: str
    governors: str
    frequencies: str
    current: str
    lowest: str
    highest: str
    wanted: str
    unit_hz: int


CPUFREQ = Files(
    "scaling_governor",
    "scaling_available_governors",
    "scaling_available_frequencies",
    "scaling_cur_freq",
    "scaling_min_freq",
    "scaling_max_freq",
    "scaling_setspeed",
    1000,
)
DEVFREQ = Files(
    "governor",
    "available_governors",
    "available_frequencies",
    "cur_freq",
    "min_freq",
    "max_freq",
    "userspace/set_freq",
    1,
)


class Setting(NamedTuple):
    """One file of sysfs, and what is written to it."""

    path: Path
    value: str


class Clock(NamedTuple):
    """One clock, as it is now.

    Attributes:
        name: for a person, "CPU 4-7", "NPU".
        folder: in sysfs.
        files: its names there.
        governor: who decides, "" where it does not say.
        governors: who might.
        steps: frequencies that it offers, in its own unit, ascending.
        current, lowest, highest: in the same unit; 0 where it does not say.
    """

    name: str
    folder: Path
    files: Files
    governor: str
    governors: tuple[str, ...]
    steps: tuple[int, ...]
    current: int
    lowest: int
    highest: int

    @property
    def fastest(self) -> int:
        """The fastest step that it is allowed."""
        allowed = [step for step in self.steps if not self.highest or step <= self.highest]
        return max(allowed, default=self.highest)

    def plan(self) -> list[Setting]:
        """What to write so that it stays at its fastest; nothing where it does, or can't."""
        path = self.folder.joinpath
        if self.name in UNUSED or self.is_pinned:
            return []
        if PERFORMANCE in self.governors:
            return [Setting(path(self.files.governor), PERFORMANCE)]
        if USERSPACE in self.governors and self.fastest:
            governor = Setting(path(self.files.governor), USERSPACE)
            return [governor, Setting(path(self.files.wanted), str(self.fastest))]
        if self.lowest and self.fastest:
            return [Setting(path(self.files.lowest), str(self.fastest))]
        return []

    @property
    def is_pinned(self) -> bool:
        """Whether it stays at its fastest."""
        held = self.governor == USERSPACE and self.current == self.fastest
        return bool(
            self.governor == PERFORMANCE or held or (self.fastest and self.lowest >= self.fastest)
        )

    def hz(self, value: int) -> int:
        """One of its numbers in hertz."""
        return value * self.files.unit_hz


def clocks(root: Path = Path("/")) -> list[Clock]:
    """Every clock of CPU, NPU, DDR and GPU that this machine lets see."""
    cpus = sorted((root / "sys/devices/system/cpu/cpufreq").glob("policy*"))
    found = [_clock(f"CPU {_cpus(folder)}", folder, CPUFREQ) for folder in cpus]
    return found + [
        _clock(name, folder, DEVFREQ)
        for folder in sorted((root / "sys/class/devfreq").glob("*"))
        for ending, name in DEVICES.items()
        if folder.name.endswith(ending)
    ]


def _cpus(folder: Path) -> str:
    numbers = _words(folder / "affected_cpus")
    return f"{numbers[0]}-{numbers[-1]}" if len(numbers) > 1 else "".join(numbers) or folder.name


def _clock(name: str, folder: Path, files: Files) -> Clock:
    return Clock(
        name,
        folder,
        files,
        governor="".join(_words(folder / files.governor)),
        governors=_words(folder / files.governors),
        steps=tuple(sorted(map(_number, _words(folder / files.frequencies)))),
        current=_first(folder / files.current),
        lowest=_first(folder / files.lowest),
        highest=_first(folder / files.highest),
    )


def _words(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_bytes().decode(errors="replace").split())
    except OSError:  # a kernel that doesn't have it, or a device that is asleep
        return ()


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else 0


def _first(path: Path) -> int:
    return next(map(_number, _words(path)), 0)


def apply(found: list[Clock], root: Path = Path("/")) -> None:
    """Carry out every plan, until the next boot or `undo`.

    Raises:
        ApplianceError: `TUNE-RIGHTS`, `TUNE-REFUSED`; what was set before stays noted.
    """
    settings = [setting for clock in found for setting in clock.plan()]
    if not settings:
        return
    _remember(settings, root / NOTE)
    _write(settings)


def undo(root: Path = Path("/")) -> int:
    """Set what it was before `apply`; returns how many settings.

    Raises:
        ApplianceError: `TUNE-NO-NOTE`, nothing was applied since the boot; `TUNE-RIGHTS`,
            `TUNE-REFUSED`.
    """
    note = root / NOTE
    before = _noted(note)
    if not before:
        raise ApplianceError(
            "TUNE-NO-NOTE",
            "there is nothing to undo",
            f"{note} does not say what was before",
            "switch the device off and on: settings of clocks don't outlive that",
        )
    _write([Setting(Path(path), value) for path, value in before.items()])
    note.unlink()
    return len(before)


def _remember(settings: list[Setting], note: Path) -> None:
    """Note what is there, but never what an earlier `apply` put there."""
    before = {str(path): value for path, _ in settings if (value := _before(path))} | _noted(note)
    with _rights(note):
        note.parent.mkdir(parents=True, exist_ok=True)
        write_durably(note, json.dumps(before))


def _before(path: Path) -> str:
    """What it says, where that can be written back: a frequency that nobody set can't."""
    value = " ".join(_words(path))
    return "" if value in {"<unsupported>", "undefined"} else value


def _noted(note: Path) -> dict[str, str]:
    try:
        values = json.loads(note.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _write(settings: list[Setting]) -> None:
    refused = []
    for path, value in settings:
        with _rights(path):
            try:
                path.write_text(value, encoding="ascii")
            except PermissionError:
                raise
            except OSError as error:
                refused.append(f"{path}: {value}: {error.strerror}")
    if refused:
        raise ApplianceError(
            "TUNE-REFUSED",
            "a clock refused its setting",
            "; ".join(refused),
            "the others are set; `appliance tune` shows how they stand, --undo sets all back",
        )


@contextlib.contextmanager
def _rights(path: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise ApplianceError(
            "TUNE-RIGHTS",
            "the clocks can't be set",
            f"{path}: {(error.strerror or str(error)).lower()}",
            "use sudo: only root may set clocks",
        ) from error
