"""Rounds, medians, engines that fail on the way; which engines there are; which machine it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance import clock
from appliance.bench.machine import machine
from appliance.bench.measure import Figures, Row, Spread, Task, measure
from appliance.bench.published import PUBLISHED
from appliance.bench.roles import QUANTITIES
from appliance.bench.subjects import ROLES, Subject, named, subject
from appliance.config import Config, load_config
from appliance.engines.worker import Worker
from appliance.errors import EngineError

SERVANT = "tests.fakes.servant:Obedient"
DONE: list[str] = []


@pytest.fixture(autouse=True)
def fakes_can_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))


def _subject(engine: str) -> Subject:
    return Subject(engine, "tiny", Worker(engine, SERVANT, {}, deadline_s=20.0))


async def _work(worker: Worker) -> Figures:
    """Takes as many seconds as there were jobs before, so it says; espeak crashes at its sixth."""
    DONE.append(worker.name)
    crashes = worker.name == "espeak" and DONE.count("espeak") == 6
    await worker.call("crash" if crashes else "echo", {})
    return Figures(whole_s=float(len(DONE)), did=f"job {len(DONE)}")


def test_engines_take_turns_and_one_that_fails_leaves_what_it_did() -> None:
    DONE.clear()
    told: list[float] = []
    tasks = {engine: [Task("echo", _work)] for engine in ("espeak", "piper")}
    measuring = measure(
        [_subject("espeak"), _subject("piper")], tasks, 4, lambda _what, done: told.append(done)
    )
    espeak, piper = clock.run(measuring, realtime=True)
    once = "espeak", "espeak", "piper", "piper"
    assert [*once, *reversed(once), "espeak", "espeak", *["piper"] * 4] == DONE
    assert isinstance(espeak, Row)
    assert (espeak.rounds, espeak.error and espeak.error.code) == (2, "ENG-CRASHED")
    assert espeak.figures["whole_s"] == Spread(5.0, 2.0, 8.0), "the first of two does not count"
    assert (piper.rounds, piper.error, piper.did) == (4, None, "job 14")
    assert piper.figures["peak_mb"].low > 5
    assert piper.figures["load_s"].low > 0.01
    assert "rtf" not in piper.figures
    assert told == sorted(told)


def test_one_that_does_not_start_has_a_row_all_the_same() -> None:
    nobody = Subject("llama", "none", Worker("slm", "tests.fakes.servant:Nobody", {}, deadline_s=9))
    (row,) = clock.run(
        measure([nobody], {"llama": [Task("echo", _work)]}, 2, lambda *_: None), realtime=True
    )
    assert (row.rounds, row.figures) == (0, {})
    assert isinstance(row.error, EngineError)


def _config(profile: str = "bundled", **sections: dict[str, object]) -> Config:
    config = load_config(profile)
    changed = {name: replace(getattr(config, name), **new) for name, new in sections.items()}
    return replace(config, **changed)


@pytest.mark.parametrize(
    ("config", "engines"),
    [
        (_config(), ["sphinx", "reader", "espeak"]),
        (_config("cpu"), ["faster-whisper", "reader", "llama", "espeak", "piper"]),
        (_config("rk3576"), ["sphinx", "sensevoice", "reader", "rkllm", "espeak"]),
        (
            _config("rk3576", answers={"spare": "llama"}, recognition={"spare": "faster-whisper"}),
            ["faster-whisper", "sensevoice", "reader", "llama", "rkllm", "espeak"],
        ),
    ],
)
def test_a_profile_names_its_engines_and_their_spares(config: Config, engines: list[str]) -> None:
    assert named(config) == engines


@pytest.mark.parametrize("profile", ["bundled", "cpu", "rk3576"])
def test_every_engine_can_be_asked_for_on_every_profile(profile: str) -> None:
    """On the NPU each is alone in its process."""
    workers = {engine: subject(_config(profile), engine).worker.name for engine in ROLES}
    assert workers == {
        **dict.fromkeys(("sphinx", "faster-whisper"), "asr"),
        **dict.fromkeys(("sensevoice", "whisper", "rkllm"), "npu"),
        "reader": "mind",
        "llama": "slm",
        "espeak": "voice",
        "piper": "voice",
    }


def test_the_rows_of_others_are_those_of_the_issue_each_with_its_source() -> None:
    figures = {(row.where, row.model): row.figures for row in PUBLISHED}
    assert [
        figures["RK3588, GPU", size]["decode_tokens_per_s"] for size in ("3B", "7B", "13B")
    ] == [*(5.1, 2.8, 1.2)]
    assert figures["AX650, NPU", "1B"] == {"first_ms": 426.0, "decode_tokens_per_s": 29.0}
    assert figures["AX650, NPU", "Whisper small"]["whole_s"] == 0.735
    qwen = figures["RK3576, NPU", "Qwen3 0.6B w4a16"]
    assert qwen["first_ms"] == 469
    assert qwen["prefill_tokens_per_s"] == pytest.approx(128 / 0.469, abs=0.1)
    names = {quantity.name for quantity in QUANTITIES}
    assert all(row.source and set(row.figures) <= names for row in PUBLISHED)


def test_a_board_is_known_by_its_device_tree(tmp_path: Path) -> None:
    (tmp_path / "proc/device-tree").mkdir(parents=True)
    cores = "CPU part\t: 0xd03\n" * 4 + "CPU part\t: 0xd08\n" * 4
    (tmp_path / "proc/cpuinfo").write_text(cores)
    (tmp_path / "proc/meminfo").write_text("MemTotal:        4000000 kB\n")
    assert machine(tmp_path).name.endswith("not run on a board")
    (tmp_path / "proc/device-tree/compatible").write_text("radxa,rock-4d\0rockchip,rk3576\0")
    (tmp_path / "proc/device-tree/model").write_text("Radxa ROCK 4D\0")
    here = machine(tmp_path)
    assert here.name.startswith("4x Cortex-A53, 4x Cortex-A72, ")
    assert here.name.endswith("; Radxa ROCK 4D")
    assert here.memory_mb == 4096
