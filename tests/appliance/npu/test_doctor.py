"""`appliance doctor` on the NPU: each thing that may be wrong is a line with its remedy."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from appliance.config import Config, load_config
from appliance.doctor import Finding, Status, examine
from appliance.npu_doctor import COMPATIBLE, NODES, npu_checks
from tests.appliance.conftest import Run
from tests.appliance.npu.conftest import Board


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The file system of a board."""
    root = tmp_path / "root"
    for name, content in ((COMPATIBLE, b"luckfox,omni3576\0rockchip,rk3576\0"), (NODES[0], b"")):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_bytes(content)
    return root


def found(config: Config, root: Path) -> dict[str, list[Finding]]:
    findings: dict[str, list[Finding]] = {}
    for check in npu_checks(config, root):
        findings.setdefault(check.name.removeprefix("NPU: "), []).append(examine(check))
    return findings


def test_a_board_with_everything_is_well_but_for_the_vendors_wheel(
    board: Board, root: Path
) -> None:
    """The fake has no metadata."""
    findings = found(load_config("rk3576", board.settings), root)
    assert findings["board"][0].detail == "RK3576 (luckfox,omni3576)"
    assert findings["driver"][0].detail == "0.9.8"
    assert findings["RKNN"][0].detail.endswith(": 2.3.2")
    assert findings["RKLLM"][0].detail.endswith(": 1.3.0")
    assert len(findings["model"]) == 3
    bad = [name for name, all_of in findings.items() if any(f.status != Status.OK for f in all_of)]
    assert bad == ["toolkit"]


@pytest.mark.parametrize(
    ("spoil", "name", "says"),
    [
        ("board", "board", "not an RK3576"),
        ("driver", "driver", "too old"),
        ("node", "device", "no device node"),
        ("rknn", "RKNN", "2.2.0"),
        ("rkllm", "RKLLM", "no known version"),
        ("model", "model", "no file"),
    ],
)
def test_what_is_wrong_is_named_with_its_remedy(
    board: Board, root: Path, spoil: str, name: str, says: str
) -> None:
    config = load_config("rk3576", board.settings)
    library = board.folder / "librkllmrt.so"
    match spoil:
        case "board":
            (root / COMPATIBLE).write_bytes(b"rockchip,rk3588\0")
        case "driver":
            (board.folder / "driver").write_text("0.9.6")
        case "node":
            (root / NODES[0]).unlink()
        case "rknn":
            (board.folder / "librknnrt.so").write_bytes(b"librknnrt version: 2.2.0")
        case "rkllm":
            text = board.settings.read_text()
            board.settings.write_text(text.replace(config.answers.library, str(library)))
            library.write_bytes(b"rkllm-runtime version: 1.1.4")
        case "model":
            (board.folder / "model.rkllm").unlink()
    findings = found(load_config("rk3576", board.settings), root)[name]
    (wrong,) = [finding for finding in findings if finding.status is Status.FAIL]
    assert says in wrong.detail
    assert wrong.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_locked_door_is_named(board: Board, root: Path) -> None:
    (root / NODES[0]).chmod(0)
    (finding,) = found(load_config("rk3576", board.settings), root)["device"]
    assert "may not be used" in finding.detail


def test_a_profile_without_the_npu_is_not_asked_for_it(root: Path) -> None:
    assert not found(load_config("bundled"), root)


@pytest.mark.slow
def test_elsewhere_it_says_that_this_is_no_such_board(run: Run, board: Board) -> None:
    result = run("doctor", "--profile", "rk3576", "--config", board.settings, "--json")
    checks = {check["name"]: check for check in json.loads(result.out)["checks"]}
    assert result.code == 1
    assert checks["NPU: board"]["detail"].startswith("not an RK3576")
    assert checks["NPU: engines"]["status"] == "ok", "the fakes load"
