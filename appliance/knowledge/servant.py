"""The mind's process: one knowledge pack, its retriever and its reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from appliance.engines.ports import Passage
from appliance.engines.wire import Json, Message
from appliance.knowledge.pack import Pack
from appliance.knowledge.reader import answer
from appliance.knowledge.retrieve import PackRetriever


class MindServant:
    """Serves `retrieve` (question in, passages out) and `answer` (sentences out)."""

    def __init__(self, pack: str, passages: int) -> None:
        self._path, self._count = pack, passages
        self._retriever: PackRetriever | None = None

    def load(self) -> Json:
        """Open the pack. Its hash was checked by the service a moment ago."""
        self._retriever = PackRetriever(Pack.open(self._path, verify=False))
        self._retriever.retrieve("ready")  # reads the models now, not at the first question
        return {}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:  # noqa: ARG002  # no input bytes
        """One job."""
        if op == "retrieve":
            yield Message({"passages": self._retrieve(args["question"])})
            return
        passages = [Passage(**fields) for fields in args["passages"]]
        for sentence in answer(args["question"], passages):
            yield Message(asdict(sentence))

    def _retrieve(self, question: str) -> list[dict[str, Any]]:
        if self._retriever is None:
            raise RuntimeError("not loaded")
        return [asdict(passage) for passage in self._retriever.retrieve(question, self._count)]
