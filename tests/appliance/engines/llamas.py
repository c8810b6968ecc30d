"""Home-made models for the tests of llama.cpp, and short ways to ask them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from appliance import clock
from appliance.engines import prompt
from appliance.engines.ports import Passage
from appliance.engines.remote import RemoteWriter
from appliance.engines.wire import Json
from appliance.engines.worker import Worker
from tests.fakes.llama.models import NEWLINE, tokens_of, write_model

SERVANT = "appliance.engines.llama_servant:LlamaServant"
FILTER = Passage("Clean the filter every 3 months.", "guide.md#filter", "the guide", 0.9)
LAMP = Passage("A lamp is red.", "guide.md#lamp", "the guide", 0.5)
REPLY = "Clean the filter every 3 months. A lamp is red!"
ANSWER = ["Clean the filter every 3 months. [guide.md#filter]", "A lamp is red! [guide.md#lamp]"]
WORDS = [f"▁{word}" for word in f"{prompt.SYSTEM} {FILTER.text} {LAMP.text}".split()]


def parrot(path: Path, reply: str = REPLY, mark: str = NEWLINE, **more: Any) -> Path:
    """A model that says `reply`; each of its tokens may come once."""
    return write_model(path, {mark: tokens_of(reply)}, words=WORDS, **more)


def settings(model: Path, **engine: Any) -> dict[str, Any]:
    return {"engine": {"model": str(model), "context_tokens": 2048, "threads": 1, **engine}}


class Told(RemoteWriter):
    """The worker, and short ways to ask it."""

    def __init__(self, engine: Worker) -> None:
        super().__init__(engine)
        self.worker = engine

    async def ask(self, question: str = "how often?", *passages: Passage) -> list[str]:
        async with aclosing(self.answer(question, passages or (FILTER, LAMP))) as sentences:
            return [f"{sentence.text} [{sentence.source}]" async for sentence in sentences]

    async def figures(self, **tokens: int) -> Json:
        return (await self.worker.call("measure", tokens)).header


def with_model(act: Callable[[Told], Awaitable[None]], arguments: dict[str, Any]) -> None:
    async def whole() -> None:
        engine = Worker("slm", SERVANT, arguments, deadline_s=30.0)
        try:
            await act(Told(engine))
        finally:
            await engine.stop()

    clock.run(whole(), realtime=False)
