"""The NPU's process: whatever runs there runs here, one job at a time.

So the two vendor runtimes never submit at once, which is what hangs NPUs in the field. Not yet run
on a board.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from appliance.engines.host import Report, Servant
from appliance.engines.rkllm_servant import RkllmServant
from appliance.engines.rknn_servant import RknnServant
from appliance.engines.wire import Json, Message

_PART = {"transcribe": "recognition", "prime": "answers", "answer": "answers"}
"""Which part does which job."""


class NpuServant:
    """Serves `transcribe` (RknnServant), `prime` and `answer` (RkllmServant)."""

    def __init__(
        self, recognition: Mapping[str, Any] | None, answers: Mapping[str, Any] | None
    ) -> None:
        """Load nothing yet.

        Args:
            recognition: the arguments of RknnServant; None: recognition is not done here.
            answers: the arguments of RkllmServant; None: answers are not made here.
        """
        self._parts: dict[str, Servant] = {}
        self._report: Report = lambda _what, _share: None
        if recognition is not None:
            self._parts["recognition"] = RknnServant(**recognition)
        if answers is not None:
            self._parts["answers"] = RkllmServant(**answers)

    def report_to(self, report: Report) -> None:
        """Tell `report` which part is being loaded."""
        self._report = report

    def load(self) -> Json:
        """Load one part after the other; what each says of itself, by its name."""
        return {name: self._loaded(name, part) for name, part in self._parts.items()}

    def _loaded(self, name: str, part: Servant) -> Json:
        self._report(name, list(self._parts).index(name) / len(self._parts))
        return part.load()

    def do(self, op: str, args: Json, payload: bytes) -> Iterator[Message | None]:
        """One job, by the part that does it."""
        return self._parts[_PART[op]].do(op, args, payload)
