"""Big and little cores are told apart, and each role gets its own; alike ones are left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.config import load_config
from appliance.cores import ROLES, Kind, Seat, kinds, seat
from appliance.processes import allowance, asr_worker, mind_worker, voice_worker

RK3576 = {cpu: 485 if cpu < 4 else 1024 for cpu in range(8)}


def tree(root: Path, file: str, values: dict[int, int], online: str) -> Path:
    """A /sys/devices/system/cpu."""
    for cpu, value in values.items():
        path = root / f"cpu{cpu}" / file
        path.parent.mkdir(parents=True)
        path.write_text(f"{value}\n")
    (root / "online").write_text(f"{online}\n")
    return root


def test_an_rk3576_speaks_on_its_big_cores_and_listens_on_its_little_ones(tmp_path: Path) -> None:
    sysfs = tree(tmp_path, "cpu_capacity", RK3576, "0-7")
    assert seat("voice", sysfs) == Seat((4, 5, 6, 7), 1)
    assert seat("slm", sysfs) == seat("mind", sysfs) == Seat((4, 5, 6, 7), 4)
    assert seat("spare", sysfs) == seat("service", sysfs) == Seat((0, 1, 2, 3), 1)


def test_a_core_that_is_switched_off_is_nobodys(tmp_path: Path) -> None:
    sysfs = tree(tmp_path, "cpu_capacity", RK3576, "0-3,5-6")
    assert seat("slm", sysfs) == Seat((5, 6), 2)


def test_without_a_capacity_the_clock_tells(tmp_path: Path) -> None:
    clocks = {0: 1_416_000, 1: 1_416_000, 2: 2_208_000}
    sysfs = tree(tmp_path, "cpufreq/cpuinfo_max_freq", clocks, "0-2")
    assert kinds(sysfs) == {0: Kind.LITTLE, 1: Kind.LITTLE, 2: Kind.BIG}


@pytest.mark.parametrize(
    "strengths",
    [{0: 1024, 1: 1024}, {0: 5_300_000, 1: 5_100_000}, {0: 1024, 1: 0}],
    ids=["alike", "favoured", "one does not tell"],
)
def test_cores_that_are_alike_are_left_to_the_kernel(
    strengths: dict[int, int], tmp_path: Path
) -> None:
    sysfs = tree(tmp_path, "cpu_capacity", strengths, "0-1")
    assert kinds(sysfs) == {}
    assert seat("voice", sysfs) == Seat((), 1)
    assert seat("slm", sysfs) == Seat((), 2)
    assert seat("mind", sysfs) == Seat((), 1), "on a full machine two threads wait for each other"


def test_a_machine_that_tells_nothing_is_left_alone(tmp_path: Path) -> None:
    assert {role: seat(role, tmp_path) for role in ROLES} == dict.fromkeys(ROLES, Seat((), 1))


def test_a_worker_gets_the_seat_and_the_memory_of_its_role(tmp_path: Path) -> None:
    sysfs = tree(tmp_path, "cpu_capacity", RK3576, "0-7")
    own = tmp_path / "own.toml"
    own.write_text("[workers]\nvoice_mb = 333\n")
    bundled, board = load_config("bundled", own), load_config("rk3576")
    voice = allowance(bundled, "voice", sysfs)
    assert (voice.cpus, voice.memory_mb) == ((4, 5, 6, 7), 333)
    assert allowance(bundled, "asr", sysfs).cpus == (4, 5, 6, 7)
    assert allowance(board, "asr", sysfs).cpus == (0, 1, 2, 3)  # the spare of the NPU
    workers = [asr_worker(bundled), mind_worker(bundled), voice_worker(bundled)]
    assert [worker.allowance.memory_mb for worker in workers] == [1500, 1500, 333]
