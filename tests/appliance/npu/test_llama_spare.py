"""Where the NPU's language model fails, llama.cpp answers in the same turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.appliance.conftest import Run
from tests.appliance.engines.llamas import parrot
from tests.appliance.npu.conftest import SOURCE, Board
from tests.appliance.npu.test_chain import ask

pytestmark = pytest.mark.slow
pytest.importorskip("xllamacpp")

SAID = "A red light means: the filter must be replaced."
"""Supported by the passage, but no quote of it: the reader would not say it."""
SETTINGS = """
[llama]
model = "{model}"
threads = 1
"""


@pytest.mark.parametrize(("warm", "says_it"), [("true", True), ("false", False)])
def test_what_rkllm_fails_to_answer_llama_answers_if_it_is_up_else_the_reader(
    run: Run, board: Board, pack: Path, warm: str, says_it: bool
) -> None:
    model = parrot(board.folder / "model.gguf", SAID)
    settings = board.settings.read_text().replace("warm_spare = false", f"warm_spare = {warm}")
    settings = settings.replace("[answers]", '[answers]\nspare = "llama"\ncontext_tokens = 4096')
    board.settings.write_text(settings + SETTINGS.format(model=model))
    board.rkllm("run-segv")
    (turn,) = run(*ask(board, pack, "--text", "What does a red light mean?")).turns
    assert (turn["outcome"], turn["sources"]) == ("answered", [SOURCE])
    assert turn["fallback"] == {"answer": "NPU_CRASHED"}
    assert (turn["answer"] == SAID) is says_it
