"""Heat, memory, disk and the wall's clock: what gives way, once when it begins and once after."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from appliance.health.fakes import Notebook
from appliance.health.gauges import AGAIN_EVERY, HELD, PROBE_EVERY, LinuxGauges
from appliance.health.pressure import Pressure, Readings, limits

FINE = Readings(50.0, 1000.0, 1000.0)


class Reliever:
    def __init__(self) -> None:
        self.did: list[tuple[str, bool]] = []
        self.clocks = 0

    async def heat(self, *, presses: bool) -> None:
        self.did.append(("heat", presses))

    async def memory(self, *, presses: bool) -> None:
        self.did.append(("memory", presses))

    async def disk(self, *, presses: bool) -> None:
        self.did.append(("disk", presses))

    async def supply(self, *, presses: bool) -> None:
        self.did.append(("supply", presses))

    def clock_was_set(self) -> None:
        self.clocks += 1


def pressure(tmp_path: Path) -> tuple[Pressure, Reliever, Notebook]:
    relief, notes = Reliever(), Notebook()
    watch = Pressure(LinuxGauges(tmp_path), relief, notes, limits(85, 150, 50))
    return watch, relief, notes


@pytest.mark.parametrize(
    ("kind", "values", "codes"),
    [
        ("heat_c", [84.0, 86.0, 84.0, 81.0, 79.0], ["HEATED", "COOLED"]),
        ("memory_mb", [151.0, 149.0, 160.0, 224.0, 226.0], ["MEMORY_LOW", "MEMORY_FREE"]),
        ("disk_mb", [51.0, 0.0, 60.0, 76.0], ["DISK_FULL", "DISK_FREE"]),
        ("heat_c", [None, None], []),
        ("weak", [0.0, 1.0, 1.0, 0.0], ["POWER_LOW", "POWER_BACK"]),
    ],
)
def test_pressure_begins_and_ends_once(
    tmp_path: Path, kind: str, values: list[float], codes: list[str]
) -> None:
    watch, relief, notes = pressure(tmp_path)

    async def pass_by() -> None:
        for value in values:
            await watch.take(FINE._replace(**{kind: value}))

    asyncio.run(pass_by())
    assert notes.codes == codes
    name = "supply" if kind == "weak" else kind.split("_", maxsplit=1)[0]
    assert relief.did == [(name, True), (name, False)][: len(codes)]


def test_a_wall_clock_that_was_set_is_told_of_and_drift_is_not(tmp_path: Path) -> None:
    watch, relief, notes = pressure(tmp_path)
    for offset_s in (1e9, 1e9 + 1.5, 1e9 + 86_400, 1e9 + 86_400.5, 1e9):
        watch.look_at_clock(offset_s)
    assert relief.clocks == 2
    assert [figures["by_s"] for _, figures in notes.notes] == [86_398, -86_400]


def test_the_gauges_read_what_linux_shows(tmp_path: Path) -> None:
    thermal = tmp_path / "thermal"
    for zone, millidegrees in (("thermal_zone0", "41500\n"), ("thermal_zone1", "87250\n")):
        (thermal / zone).mkdir(parents=True)
        (thermal / zone / "temp").write_text(millidegrees)
    (thermal / "thermal_zone2").mkdir()
    (thermal / "thermal_zone2" / "temp").write_text("none\n")
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 8000000 kB\nMemAvailable:  204800 kB\n")
    readings = LinuxGauges(tmp_path, tmp_path, meminfo).read()
    assert readings.heat_c == 87.25
    assert readings.memory_mb == 200
    assert readings.weak is None, "no driver tells of the supply"
    assert readings.disk_mb is not None
    assert readings.disk_mb > 0
    assert not (tmp_path / ".probe").exists()


def test_a_disk_that_takes_nothing_has_no_room_and_is_rarely_tried(tmp_path: Path) -> None:
    tried: list[Path] = []

    def write(path: Path) -> None:
        tried.append(path)
        raise OSError(30, "Read-only file system")

    gauges = LinuxGauges(tmp_path, tmp_path, tmp_path / "none", write)
    readings = [gauges.read() for _ in range(PROBE_EVERY)]
    assert {reading.disk_mb for reading in readings} == {0.0}
    assert len(tried) == PROBE_EVERY / AGAIN_EVERY
    assert readings[0].memory_mb is None


@pytest.mark.parametrize(
    "alarm", ["regulator/regulator.3/under_voltage", "hwmon/hwmon0/in0_lcrit_alarm"]
)
def test_a_brown_out_counts_for_a_minute(tmp_path: Path, alarm: str) -> None:
    path = tmp_path / alarm
    path.parent.mkdir(parents=True)
    path.write_text("0\n")
    gauges = LinuxGauges(tmp_path, tmp_path, tmp_path / "none")
    assert gauges.read().weak == 0
    path.write_text("1\n")
    assert gauges.read().weak == 1
    path.write_text("0\n")
    assert [gauges.read().weak for _ in range(HELD)] == [1] * (HELD - 1) + [0]
    path.unlink()  # a driver that goes away
    assert gauges.read().weak == 0
