"""The language model of the profile `cpu`, home-made: answers, abstentions, and its spare."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.appliance.conftest import Result, Run
from tests.appliance.engines.llamas import parrot

pytest.importorskip("xllamacpp")

QUESTION = "What does a red light mean?"
SOURCE = "user-guide.md#what-the-lights-mean"
SAID = "A red light means that the filter must be replaced."
SETTINGS = """
[llama]
model = "{model}"
threads = 1
load_deadline_s = 20.0
[answers]
context_tokens = 4096
[recognition]
engine = "sphinx"
[voice]
engine = "espeak"
"""
Ask = Callable[..., Result]


@pytest.fixture
def ask(run: Run, pack: Path, tmp_path: Path) -> Ask:
    """Ask a model (a file) on a profile."""

    def asked(model: Path, profile: str = "cpu", more: str = "") -> Result:
        overlay = tmp_path / "mine.toml"
        overlay.write_text(SETTINGS.format(model=model) + more)
        given = ("--profile", profile, "--config", overlay, "--knowledge", pack)
        return run("ask", "--text", QUESTION, *given, "--out", tmp_path / "out", "--json")

    return asked


def test_a_question_is_answered_by_the_model_and_grounded(ask: Ask, tmp_path: Path) -> None:
    result = ask(parrot(tmp_path / "model.gguf", SAID))
    (turn,) = result.turns
    assert (result.code, json.loads(result.out)["profile"]) == (0, "cpu")
    assert (turn["answer"], turn["sources"], turn["fallback"]) == (SAID, [SOURCE], {})


def test_the_nonsense_of_random_weights_is_not_spoken(ask: Ask, tmp_path: Path) -> None:
    (turn,) = ask(parrot(tmp_path / "model.gguf", "")).turns
    assert (turn["outcome"], turn["reason"], turn["answer"]) == ("abstained", "NO_ANSWER", "")
    assert turn["fallback"] == {}


def test_a_model_that_is_missing_is_named_with_size_licence_and_source(
    ask: Ask, tmp_path: Path
) -> None:
    result = ask(tmp_path / "none.gguf")
    assert (result.code, result.out) == (2, "")
    for part in ("CFG-NO-MODEL", "none.gguf", "491 MB", "Apache-2.0", "models pull qwen2.5-0.5b"):
        assert part in result.err
    assert "docs/llama.md" in result.err


def test_a_file_that_is_no_model_is_no_reason_for_the_spare(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "junk.gguf").write_bytes(b"junk " * 1000)
    result = ask(tmp_path / "junk.gguf")
    assert (result.code, result.out) == (2, "")
    for part in ("ENG-LLAMA-MODEL", "junk.gguf", "invalid magic", "models pull"):
        assert part in result.err


def test_where_the_library_aborts_the_reader_answers(
    ask: Ask, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = parrot(tmp_path / "model.gguf", SAID)
    model.write_bytes(model.read_bytes().replace(b"means", b"me\0\0s", 1))  # two tokens become one
    (turn,) = ask(model).turns
    assert (turn["outcome"], turn["sources"]) == ("answered", [SOURCE])
    assert turn["fallback"] == {"answer": "SLM_DOWN"}
    assert "the slm engine does not start, others do its work: ENG-CRASHED" in caplog.text
