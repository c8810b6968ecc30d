"""What a technician asks of the board: is it at its fastest, is it hot, is there memory?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from appliance.config import Config
from appliance.doctor import Check
from appliance.errors import ApplianceError
from appliance.models.judge import RESERVE_MB
from appliance.npu_files import needed
from appliance.tune import UNUSED, Clock, clocks

HOT_C = 75.0
"""From here on an RK3576's kernel slows its CPUs (passive trip point of its device tree)."""
BESIDE_BYTES = RESERVE_MB * 1_000_000
"""For everything that is no model."""


def board_checks(config: Config, root: Path = Path("/")) -> Iterator[Check]:
    """What to look at on the board; nothing where the profile doesn't use its NPU."""
    if not config.recognition.on_npu and not config.answers.on_npu:
        return
    yield Check("board: clocks", partial(held, root), needed_by="answers as fast as can be")
    yield Check("board: heat", partial(heat, root))
    models = [file.path.stat().st_size for file in needed(config) if file.path and file.is_there]
    yield Check("board: memory", partial(memory, root, sum(models)))


def held(root: Path) -> str:
    """Whether every clock that we use is held at its fastest.

    Raises:
        ApplianceError: one is not.
    """
    found = [clock for clock in clocks(root) if clock.name not in UNUSED]
    if not found:
        raise ApplianceError(
            "DOC-CLOCKS",
            "the clocks can't be seen",
            "there is neither cpufreq nor devfreq in /sys",
            "boot an image whose kernel has them; until then nobody knows how fast this runs",
        )
    loose = [clock for clock in found if not clock.is_pinned]
    if loose:
        raise ApplianceError(
            "DOC-CLOCKS",
            "clocks follow the load, and start slow",
            "; ".join(map(_shown, loose)),
            "sudo appliance tune --apply (until the next boot)",
        )
    return "; ".join(map(_shown, found))


def _shown(clock: Clock) -> str:
    now, fastest = (clock.hz(value) / 1e6 for value in (clock.current, clock.fastest))
    return f"{clock.name} {clock.governor or '?'}, {now:.0f} of {fastest:.0f} MHz"


def heat(root: Path) -> str:
    """Every thermal zone that can be read, in degrees Celsius.

    Raises:
        ApplianceError: one is so hot that the kernel slows the CPUs, or none can be read.
    """
    found = dict(_zones(root))
    shown = ", ".join(f"{name} {celsius:.0f} °C" for name, celsius in found.items())
    if not found:
        raise ApplianceError(
            "DOC-HEAT",
            "nobody knows how hot it is",
            "no thermal zone can be read",
            "boot an image whose kernel has the thermal driver",
        )
    if max(found.values()) >= HOT_C:
        raise ApplianceError(
            "DOC-HEAT",
            "it is too hot",
            f"{shown}; from {HOT_C:.0f} °C the kernel slows the CPUs",
            "give it air or a larger heat sink, and look again",
        )
    return shown


def _zones(root: Path) -> Iterator[tuple[str, float]]:
    for folder in sorted((root / "sys/class/thermal").glob("thermal_zone*")):
        try:
            celsius = int((folder / "temp").read_text()) / 1000
            yield (folder / "type").read_text().strip().removesuffix("-thermal"), celsius
        except (OSError, ValueError):  # a sensor that is asleep
            continue


def memory(root: Path, models_bytes: int) -> str:
    """What memory there is, and what the models need of it.

    Raises:
        ApplianceError: they don't fit.
    """
    known = _meminfo(root)
    total, free = (known.get(f"Mem{name}", 0) for name in ("Total", "Available"))
    parts = {"available": free, "swap": known.get("SwapTotal", 0), "CMA": known.get("CmaTotal", 0)}
    shown = ", ".join(f"{size >> 20} MiB {name}" for name, size in parts.items() if size)
    if total < models_bytes + BESIDE_BYTES:
        raise ApplianceError(
            "DOC-MEMORY",
            "the models don't fit into memory",
            f"{models_bytes >> 20} MiB of models and {BESIDE_BYTES >> 20} MiB beside them, "
            f"of {total >> 20} MiB",
            "choose a smaller model, or one with fewer bits (appliance models list)",
        )
    return f"{total >> 20} MiB, {shown}; models {models_bytes >> 20} MiB"


def _meminfo(root: Path) -> dict[str, int]:
    """Its lines, in bytes."""
    try:
        rows = (root / "proc/meminfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (row.replace(":", " ").split() for row in rows)
    return {pair[0]: int(pair[1]) << 10 for pair in pairs if len(pair) > 1 and pair[1].isdecimal()}
