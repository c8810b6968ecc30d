"""`appliance bench engines` on the profile `rk3576`, both of the vendor's runtimes faked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.appliance.conftest import Run
from tests.appliance.npu.conftest import Board


def test_what_rkllm_tells_of_its_runs_is_in_the_table(run: Run, board: Board, pack: Path) -> None:
    given = ("--profile", "rk3576", "--config", board.settings, "--knowledge", pack)
    chosen = ("--engine", "rkllm", "--engine", "sensevoice", "--rounds", 1)
    result = run("bench", "engines", *given, *chosen, "--json")
    assert (result.code, result.err) == (0, "")
    slm, ears = json.loads(result.out)["rows"]
    assert (slm["engine"], slm["error"]) == ("rkllm", None)
    assert slm["did"].startswith("129 in, "), "as the fake counts"
    assert slm["figures"]["first_ms"]["median"] == 100
    assert slm["figures"]["prefill_tokens_per_s"]["median"] == 1290
    assert slm["figures"]["decode_tokens_per_s"]["median"] == 20
    assert slm["where"].endswith("not run on a board")
    assert (ears["engine"], ears["did"]) == ("sensevoice", "6 words heard")
    loaded = [call for call in board.bench.calls("init ") if " new=64 " in call]
    assert loaded, "it can write no more than is measured"


def test_an_npu_that_fails_is_told_and_the_cpu_is_measured(
    run: Run, board: Board, pack: Path
) -> None:
    board.rkllm("run-segv")
    given = ("--profile", "rk3576", "--config", board.settings, "--knowledge", pack)
    chosen = ("--engine", "rkllm", "--engine", "espeak", "--rounds", 1)
    result = run("bench", "engines", *given, *chosen, "--json")
    slm, *others = json.loads(result.out)["rows"]
    assert result.code == 1
    assert slm["error"]["code"] == "ENG-CRASHED"
    assert [row["error"] for row in others] == [None] * 3
