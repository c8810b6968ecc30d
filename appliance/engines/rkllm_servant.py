"""The language model's process: answers from passages, on the NPU.

Not yet run on a board; see `rkllm.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from appliance.clock import wall_s
from appliance.engines import prompt
from appliance.engines.perf import perf_of_run
from appliance.engines.ports import Passage
from appliance.engines.rkllm import Rkllm, RkllmSettings
from appliance.engines.rkllm_session import Session, cache_file
from appliance.engines.wire import Json, Message
from appliance.engines.writing import passages_of, told

WORD = " one"
"""One token in the vocabularies of the models that run here; the library counts them anyway."""


class RkllmServant:
    """Serves `prime` (passages in, one empty item out), `answer` (sentences out) and `measure`.

    `measure` takes `prompt_tokens`; its item has the fields of `Perf`. How much is written is what
    the model was loaded with (`answer_tokens`): the library gives no figures of an aborted run.
    """

    def __init__(
        self,
        engine: Mapping[str, Any],
        template: str = "qwen3",
        passage_chars: int = 2400,
        cache: str = "",
    ) -> None:
        """Load nothing yet.

        Args:
            engine: the fields of `RkllmSettings`; `library` and `model` are required.
            template: of the model's family (`prompt.TEMPLATES`).
            passage_chars: the most characters of passages in a prompt; about four make a token.
            cache: folder in which to keep the prompt's fixed part as the model read it;
                "": nowhere, it is read anew for each question.
        """
        self._settings = RkllmSettings(**engine)
        self._around = prompt.template(template)
        self._most_chars, self._folder = passage_chars, cache
        self._model = Rkllm(self._settings)
        self._session: Session | None = None
        self._load_ms = 0.0

    def load(self) -> Json:
        """Load the model and let it read the prompt's fixed part, which proves that it can."""
        model, head, began_s = self._model, prompt.head(self._around), wall_s()
        model.load()
        self._load_ms = 1000 * (wall_s() - began_s)
        self._session = Session(model, head, self._cache_of(model, head))
        cached = self._session.warm()
        return {"version": model.version, "driver": model.driver, "prompt_cache": cached}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message | None]:  # noqa: ARG002  # no input bytes
        """One job; it may be left after each token, and between the passages that it reads."""
        if self._session is None:
            raise RuntimeError("not loaded")
        if op == "measure":
            yield from self._measured(self._session, args["prompt_tokens"])
            return
        passages = passages_of(args)
        if op == "prime":
            for count in range(1, len(passages) + 1):  # one at a time: reading can't be interrupted
                self._session.read(self._known(passages[:count]))
                yield None
            yield Message({})
            return
        whole = self._known(passages) + prompt.asked(args["question"], self._around)
        yield from told(self._session.write(whole), passages)

    def _measured(self, session: Session, prompt_tokens: int) -> Iterator[Message | None]:
        for _ in session.write_anew(WORD * prompt_tokens):
            yield None
        perf = self._model.perf
        yield Message(asdict(perf_of_run(perf, self._load_ms)) if perf else {})

    def _known(self, passages: Sequence[Passage]) -> str:
        """A prompt up to the question."""
        return prompt.head(self._around) + prompt.context(passages, self._most_chars)

    def _cache_of(self, model: Rkllm, head: str) -> Path | None:
        if not self._folder:
            return None
        folder = Path(self._folder)
        folder.mkdir(parents=True, exist_ok=True)
        return cache_file(folder, Path(self._settings.model), model.version, head)
