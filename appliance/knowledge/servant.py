"""The mind's process: one knowledge pack, its retriever and its reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from appliance.engines.ports import Passage
from appliance.engines.wire import Json, Message
from appliance.errors import KnowledgeError
from appliance.knowledge.meaning.completeness import Completeness
from appliance.knowledge.pack import Pack
from appliance.knowledge.reader import answer
from appliance.knowledge.retrieve import PackRetriever


class MindServant:
    """Serves `completeness`, `skim`, `retrieve` (question in, passages out) and `answer`."""

    def __init__(self, pack: str, passages: int) -> None:
        self._path, self._count = pack, passages
        self._retriever: PackRetriever | None = None
        self._completeness: Completeness | None = None

    def load(self) -> Json:
        """Open the pack. Its hash was checked by the service a moment ago."""
        self._retriever = PackRetriever(Pack.open(self._path, verify=False))
        self._completeness = Completeness()
        # So that the models are read from the disk now, not at the first question.
        self._retriever.retrieve("ready")
        self._completeness.logit("ready")
        return {}

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message]:  # noqa: ARG002  # no input bytes
        """One job. A pack that was damaged may have been mended: it is opened anew, once a job."""
        try:
            yield from self._do(op, args)
        except KnowledgeError:
            self.load()
            yield from self._do(op, args)

    def _do(self, op: str, args: Json) -> Iterator[Message]:
        if self._retriever is None or self._completeness is None:
            raise RuntimeError("not loaded")
        if op == "completeness":
            yield Message({"logit": self._completeness.logit(args["words"])})
        elif op == "skim":
            yield Message({"scores": [self._retriever.skim(text) for text in args["questions"]]})
        elif op == "retrieve":
            found = self._retriever.retrieve(args["question"], self._count)
            yield Message({"passages": [asdict(passage) for passage in found]})
        else:
            passages = [Passage(**fields) for fields in args["passages"]]
            for sentence in answer(args["question"], passages):
                yield Message(asdict(sentence))
