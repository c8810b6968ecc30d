"""`appliance doctor` on the board: clocks, heat and memory, from a folder that is its root."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.board_doctor import board_checks
from appliance.config import load_config
from appliance.convert.note import Note, note_path
from appliance.doctor import Finding, Status, examine
from appliance.npu_doctor import npu_checks
from appliance.tune import apply, clocks
from tests.appliance.npu.conftest import Board
from tests.appliance.test_tune import NPU
from tests.appliance.test_tune import board as clocked

__all__ = ["clocked"]

MEMINFO = "MemTotal:  {total} kB\nMemAvailable: 3000000 kB\nSwapTotal: 0 kB\nCmaTotal: 131072 kB\n"


@pytest.fixture
def root(clocked: Path) -> Path:
    for number, (name, temp) in enumerate({"soc-thermal": "41200", "npu-thermal": "38000"}.items()):
        zone = clocked / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "type").write_text(name + "\n")
        (zone / "temp").write_text(temp + "\n")
    (clocked / "proc").mkdir()
    (clocked / "proc" / "meminfo").write_text(MEMINFO.format(total=3460300))
    return clocked


def found(board: Board, root: Path) -> dict[str, Finding]:
    config = load_config("rk3576", board.settings)
    return {
        check.name.removeprefix("board: "): examine(check) for check in board_checks(config, root)
    }


def test_a_cool_board_with_held_clocks_is_well(board: Board, root: Path) -> None:
    apply(clocks(root), root)
    (root / "sys/class/devfreq/dmc/cur_freq").write_text("2112000000\n")
    findings = found(board, root)
    assert {finding.status for finding in findings.values()} == {Status.OK}, findings
    assert "NPU performance, 300 of 950 MHz" in findings["clocks"].detail
    assert findings["heat"].detail == "soc 41 °C, npu 38 °C"
    assert "3379 MiB, 2929 MiB available, 128 MiB CMA; models " in findings["memory"].detail


def test_what_is_wrong_has_a_remedy(board: Board, root: Path) -> None:
    (root / "sys/class/thermal/thermal_zone0/temp").write_text("81500\n")
    (root / "proc" / "meminfo").write_text(MEMINFO.format(total=700000))
    findings = found(board, root)
    assert findings["clocks"].status is Status.WARN
    assert "tune --apply" in findings["clocks"].remedy
    assert "NPU rknpu_ondemand, 300 of 950 MHz" in findings["clocks"].detail
    assert findings["heat"].status is Status.FAIL
    assert "soc 82 °C" in findings["heat"].detail
    assert findings["memory"].status is Status.FAIL


def test_a_board_that_shows_nothing_is_no_traceback(board: Board, tmp_path: Path) -> None:
    findings = found(board, tmp_path / "nowhere")
    assert [finding.status for finding in findings.values()] == [
        *(Status.WARN, Status.FAIL, Status.FAIL),
    ]


def test_other_profiles_are_not_asked(root: Path) -> None:
    assert not list(board_checks(load_config("bundled"), root))


def test_a_sensor_that_sleeps_is_left_out(board: Board, root: Path) -> None:
    (root / "sys/class/thermal/thermal_zone1/temp").unlink()
    assert found(board, root)["heat"].detail == "soc 41 °C"


def test_how_a_model_was_made_is_told_and_a_runtime_older_than_it_is_refused(
    board: Board, root: Path
) -> None:
    model = board.folder / "model.rkllm"
    size = model.stat().st_size
    note = Note(size, "", "rkllm-toolkit", "9.0.0", "rk3576", "w4a16", "Qwen", "")
    note_path(model).write_text(note.dump())
    config = load_config("rk3576", board.settings)
    findings = [examine(check) for check in npu_checks(config, root)]
    (told,) = [item for item in findings if str(model) in item.detail and item.name == "NPU: model"]
    assert told.detail.endswith("rkllm-toolkit 9.0.0, w4a16")
    (runtime,) = [item for item in findings if item.name == "NPU: RKLLM"]
    assert runtime.status is Status.FAIL
    assert "9.0.0" in runtime.detail
    assert (root / NPU).is_dir()
