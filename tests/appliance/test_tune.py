"""`appliance tune`: clocks of a board whose sysfs is a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.tune import NOTE, apply, clocks, undo
from tests.appliance.conftest import Run

CPU = "sys/devices/system/cpu/cpufreq"
NPU, DDR, GPU = (f"sys/class/devfreq/{name}" for name in ("27700000.npu", "dmc", "27800000.gpu"))
ONDEMAND = "conservative ondemand userspace powersave performance"


def put(root: Path, folder: str, **files: str) -> None:
    for name, text in files.items():
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


def cpu(root: Path, policy: int, fastest: int) -> None:
    put(
        root,
        f"{CPU}/policy{policy}",
        affected_cpus=" ".join(map(str, range(policy, policy + 4))),
        scaling_governor="ondemand",
        scaling_available_governors=ONDEMAND,
        scaling_available_frequencies=f"408000 1200000 {fastest}",
        scaling_cur_freq="408000",
        scaling_min_freq="408000",
        scaling_max_freq=str(fastest),
        scaling_setspeed="<unsupported>",
    )


def device(root: Path, folder: str, governor: str, governors: str, steps: str) -> None:
    slowest, fastest = steps.split()
    put(
        root,
        folder,
        governor=governor,
        available_governors=governors,
        available_frequencies=steps,
        cur_freq=slowest,
        min_freq=slowest,
        max_freq=fastest,
    )


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """As facts of an RK3576 say: policies 0 and 4, NPU, DDR, GPU."""
    cpu(tmp_path, 0, 2016000)
    cpu(tmp_path, 4, 2208000)
    device(
        tmp_path,
        NPU,
        "rknpu_ondemand",
        "rknpu_ondemand userspace performance",
        "300000000 950000000",
    )
    device(tmp_path, DDR, "dmc_ondemand", "dmc_ondemand userspace", "528000000 2112000000")
    (tmp_path / DDR / "userspace").mkdir()
    device(tmp_path, GPU, "simple_ondemand", "simple_ondemand performance", "300000000 900000000")
    return tmp_path


def text(root: Path, path: str) -> str:
    return (root / path).read_text().strip()


def snapshot(root: Path) -> dict[str, str]:
    paths = [path for path in (root / "sys").rglob("*") if path.is_file()]
    return {str(p): p.read_text().strip() for p in paths if p.name != "set_freq"}


def test_it_shows_and_changes_nothing(run: Run, board: Path) -> None:
    before = snapshot(board)
    result = run("tune", "--root", board)
    assert result.code == 0
    for shown in ("CPU 0-3", "CPU 4-7", "NPU", "DDR", "rknpu_ondemand", "300 to 950", "--apply"):
        assert shown in result.out
    assert snapshot(board) == before
    assert not (board / NOTE).exists()


def test_apply_takes_the_best_way_that_each_clock_offers(run: Run, board: Path) -> None:
    shown = json.loads(run("tune", "--root", board, "--json").out)["clocks"]
    planned = {clock["name"]: [item["value"] for item in clock["set"]] for clock in shown}
    assert planned["CPU 4-7"] == planned["NPU"] == ["performance"]
    assert planned["DDR"] == ["userspace", "2112000000"]
    assert planned["GPU"] == []
    run("tune", "--root", board, "--apply")
    assert text(board, f"{CPU}/policy0/scaling_governor") == "performance"
    assert text(board, f"{NPU}/governor") == "performance"
    assert text(board, f"{DDR}/governor") == "userspace"
    assert text(board, f"{DDR}/userspace/set_freq") == "2112000000"
    assert text(board, f"{GPU}/governor") == "simple_ondemand"


def test_undo_sets_what_was_before_even_after_two_applies(run: Run, board: Path) -> None:
    before = snapshot(board)
    run("tune", "--root", board, "--apply")
    apply(clocks(board), board)
    (board / NPU / "governor").write_text("rknpu_ondemand\n")  # somebody else set it
    run("tune", "--root", board, "--apply")
    assert run("tune", "--root", board, "--undo").code == 0
    assert snapshot(board) == before
    again = run("tune", "--root", board, "--undo")
    assert again.code == 2
    assert "[TUNE-NO-NOTE]" in again.err


def test_a_clock_without_governors_is_raised_from_below(tmp_path: Path) -> None:
    put(tmp_path, NPU, available_frequencies="700000000 300000000 950000000 ")
    put(tmp_path, NPU, min_freq="300000000", max_freq="700000000", cur_freq="300000000")
    (clock,) = clocks(tmp_path)
    assert [setting.value for setting in clock.plan()] == ["700000000"], "as max_freq allows"
    apply([clock], tmp_path)
    (clock,) = clocks(tmp_path)
    assert clock.is_pinned
    undo(tmp_path)
    assert text(tmp_path, f"{NPU}/min_freq") == "300000000"


def test_a_refused_setting_is_named_and_the_others_are_set(board: Path) -> None:
    governor = board / NPU / "governor"
    governor.unlink()
    governor.mkdir()  # can't be written: as a driver that refuses
    with pytest.raises(ApplianceError) as caught:
        apply(clocks(board), board)
    assert caught.value.code == "TUNE-REFUSED"
    assert "27700000.npu/governor: performance" in str(caught.value)
    assert text(board, f"{CPU}/policy4/scaling_governor") == "performance"
    assert text(board, f"{DDR}/governor") == "userspace"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_without_the_right_it_says_so(run: Run, board: Path) -> None:
    (board / f"{CPU}/policy0/scaling_governor").chmod(0o444)
    assert "[TUNE-RIGHTS]" in run("tune", "--root", board, "--apply").err


@pytest.mark.parametrize("noise", [b"", b"\xff\xfe", b"12 x -3 99999999999999999999", b"<unknown>"])
def test_what_sysfs_says_may_be_nonsense(board: Path, noise: bytes) -> None:
    for path in (board / NPU).iterdir():
        path.write_bytes(noise)
    found: list[Any] = [clock.plan() for clock in clocks(board)]
    assert len(found) == 5


def test_a_machine_without_clocks_has_nothing_to_hold(run: Run, tmp_path: Path) -> None:
    assert "nothing to set" in run("tune", "--root", tmp_path).out
    assert run("tune", "--root", tmp_path, "--apply").code == 1
