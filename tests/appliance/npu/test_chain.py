"""The whole chain on the profile `rk3576`, with both of the vendor's runtimes faked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.appliance.conftest import Run
from tests.appliance.npu.conftest import ANSWER, QUESTION, SOURCE, Board

pytestmark = pytest.mark.slow


def ask(board: Board, pack: Path, *what: object) -> list[str]:
    given = ("--profile", "rk3576", "--config", board.settings, "--knowledge", pack)
    return [str(part) for part in ("ask", *what, *given, "--out", board.folder / "out", "--json")]


def test_a_recording_is_heard_and_answered_on_the_npu(
    run: Run, board: Board, pack: Path, red_light: Path
) -> None:
    result = run(*ask(board, pack, red_light, "--text", "What does a red light mean?"))
    spoken, typed = result.turns
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["profile"] == "rk3576"
    assert spoken["transcript"] == QUESTION
    for turn in (spoken, typed):
        assert (turn["outcome"], turn["reason"], turn["fallback"]) == ("answered", "OK", {})
        assert turn["answer"].startswith(ANSWER)
        assert turn["sources"] == [SOURCE]
        assert turn["heard_s"] > 1
    assert any(QUESTION in call for call in board.bench.calls("prefill "))


def test_what_the_model_finds_in_no_passage_is_an_abstention(
    run: Run, board: Board, pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing claimed before that the documents hold it, though the model was slow to say so."""
    monkeypatch.setenv("RKLLM_FAKE_REPLY", "NO ANSWER")
    monkeypatch.setenv("RKLLM_FAKE_PACE", "100")
    (turn,) = run(*ask(board, pack, "--text", "What does a red light mean?")).turns
    assert (turn["outcome"], turn["reason"]) == ("abstained", "NO_ANSWER")
    assert (turn["answer"], turn["sources"], turn["fallback"]) == ("", [], {})
    assert turn["timings_ms"]["first_sound"] == turn["timings_ms"]["first_audio"] > 900
    assert turn["passages"], "they were found, and did not hold it"


@pytest.mark.parametrize(
    ("mood", "code"), [("crash", "NPU_CRASHED"), ("none", "NPU_FAILED"), ("hang", "NPU_STUCK")]
)
def test_what_the_npu_fails_to_hear_the_cpu_hears(
    run: Run, board: Board, pack: Path, red_light: Path, mood: str, code: str
) -> None:
    board.write_settings(deadline_s=3.0)
    board.rknn(run=[mood] * 20)
    (turn,) = run(*ask(board, pack, red_light)).turns
    assert turn["outcome"] == "answered"
    assert "red light" in turn["transcript"]
    assert turn["sources"] == [SOURCE]
    assert turn["fallback"]["asr"] in {code, "NPU_DOWN", "NPU_RESTING"}


@pytest.mark.parametrize(
    ("fault", "code"),
    [("run-segv", "NPU_CRASHED"), ("run-cut", "NPU_FAILED"), ("run-hang", "NPU_STUCK")],
)
def test_what_the_model_fails_to_answer_the_reader_answers(
    run: Run, board: Board, pack: Path, fault: str, code: str
) -> None:
    """It fails at its third token: the head, which it reads when it loads, is none."""
    board.write_settings(deadline_s=3.0)
    board.rkllm(fault)
    (turn,) = run(*ask(board, pack, "--text", "What does a red light mean?")).turns
    assert (turn["outcome"], turn["reason"]) == ("answered", "OK")
    assert (turn["sources"], turn["fallback"]) == ([SOURCE], {"answer": code})
    assert ANSWER in turn["answer"]


def test_an_npu_that_does_not_start_leaves_the_service_to_the_spares(
    run: Run, board: Board, pack: Path, red_light: Path, caplog: pytest.LogCaptureFixture
) -> None:
    board.rknn(init=["no memory"] * 1000)
    (turn,) = run(*ask(board, pack, red_light)).turns
    assert (turn["outcome"], turn["sources"]) == ("answered", [SOURCE])
    assert turn["fallback"] == {"asr": "NPU_DOWN", "answer": "NPU_DOWN"}
    assert "the npu engine does not start, others do its work: ENG-NPU-INIT" in caplog.text


def test_missing_files_are_named_with_size_licence_and_remedy(
    run: Run, board: Board, pack: Path
) -> None:
    (board.folder / "sensevoice" / "tokens.txt").unlink()
    (board.folder / "model.rkllm").unlink()
    result = run(*ask(board, pack, "--text", "What does a red light mean?"))
    assert (result.code, result.out) == (2, "")
    for part in ("CFG-NO-MODEL", "tokens.txt", "0.3 MB", "FunASR", "model.rkllm", "docs/rkllm.md"):
        assert part in result.err
    assert "sensevoice.rknn" not in result.err


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [("tokens.txt", b"\xff\xfe", "ENG-BAD-MODEL"), ("am.mvn", b"x", "ENG-BAD-MODEL")],
)
def test_files_that_make_no_sense_are_no_reason_for_a_spare(
    run: Run, board: Board, pack: Path, file: str, content: bytes, code: str
) -> None:
    (board.folder / "sensevoice" / file).write_bytes(content)
    result = run(*ask(board, pack, "--text", "What does a red light mean?"))
    assert result.code == 2
    assert code in result.err
