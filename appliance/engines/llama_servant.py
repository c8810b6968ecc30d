"""The language model's process: answers from passages, on the CPU."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from appliance.engines import prompt
from appliance.engines.llama import Llama, LlamaSettings
from appliance.engines.llama_faults import PromptTooLongError, failed
from appliance.engines.ports import Passage
from appliance.engines.wire import Json, Message
from appliance.engines.writing import passages_of, told

FEWEST_CHARS = 100
"""Passages that are shorter hold no answer."""
SPARE = 0.9
"""Of the room that the library tells of: characters and tokens are not in proportion."""


class LlamaServant:
    """Serves `prime` (passages in, one empty item out), `answer` (sentences out) and `measure`.

    `measure` takes `prompt_tokens` and `answer_tokens`, or nothing for the last run's figures; its
    item has the fields of `Perf`.
    """

    def __init__(self, engine: Mapping[str, Any], passage_chars: int = 2400) -> None:
        """Load nothing yet.

        Args:
            engine: the fields of `LlamaSettings`; `model` is required.
            passage_chars: the most characters of passages in a prompt; about four make a token.
        """
        self._model, self._most_chars = Llama(LlamaSettings(**engine)), passage_chars

    def load(self) -> Json:
        """Load the model and let it read the prompt's fixed part, which proves that it can."""
        self._model.load()
        for _ in self._read([]):
            pass
        return {"load_ms": self._model.load_ms}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message | None]:  # noqa: ARG002  # no input bytes
        """One job; it may be left after each token, and after each batch that is read."""
        if op == "measure":
            yield from self._measured(**args)
            return
        passages = passages_of(args)
        if op == "prime":
            yield from self._read(passages)
            yield Message({})
            return
        yield from self._written(args["question"], passages)

    def _measured(self, prompt_tokens: int = 0, answer_tokens: int = 0) -> Iterator[Message | None]:
        """Figures, of a run of so many tokens or of the last one."""
        try:
            if prompt_tokens:
                yield from self._model.measure(prompt_tokens, answer_tokens)
        except PromptTooLongError as error:
            raise failed(f"{error}: raise `answers.context_tokens`") from error
        yield Message(asdict(self._model.perf) if self._model.perf else {})

    def _read(self, passages: list[Passage]) -> Iterator[None]:
        """Read everything but the question."""
        for _ in self._written("", passages, answer_tokens=0):
            yield

    def _written(
        self, question: str, passages: list[Passage], answer_tokens: int | None = None
    ) -> Iterator[Message | None]:
        """An answer from as many of the passages as there is room for."""
        most_chars = self._most_chars
        while most_chars >= FEWEST_CHARS:
            asked = prompt.messages(question, passages, most_chars)
            pieces = self._model.write(asked, answer_tokens)
            try:
                yield from told(pieces, passages, lambda: self._model.is_whole)
            except PromptTooLongError as error:
                most_chars = int(min(most_chars, len(asked[-1]["content"])) * error.share * SPARE)
            else:
                return
        raise failed("the prompt does not fit into `answers.context_tokens`")
