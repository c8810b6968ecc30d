"""One run of the model: what its callback was told, and whether to believe its success."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from typing import Any

from appliance.engines.rkllm_abi import ENUMS
from appliance.errors import EngineError

CONTINUE, PAUSE = 0, 1
"""What the callback answers; paused, the next run goes on with new content."""
_STATE = ENUMS["LLMCallState"]


@dataclass(frozen=True, slots=True)
class Perf:
    """What the library measured of one run.

    Attributes:
        prefill_ms: time to read the prompt.
        prefill_tokens: how many tokens that was.
        generate_ms: time to write the answer.
        generate_tokens: how many tokens that was.
        memory_mb: the process's high-water mark.
    """

    prefill_ms: float
    prefill_tokens: int
    generate_ms: float
    generate_tokens: int
    memory_mb: float


class Run:
    """Written by the library's thread, read by ours.

    Attributes:
        pieces: (whether a character is unfinished, bytes), then None when the run is over.
        stopping: nobody wants the rest; the callback aborts the run.
        perf: what the library measured; None before the end.
        status: what `rkllm_run` returned.
    """

    def __init__(self, *, only_read: bool = False) -> None:
        self.pieces: queue.SimpleQueue[tuple[bool, bytes] | None] = queue.SimpleQueue()
        self.stopping = False
        self.perf: Perf | None = None
        self.status = 0
        self._only_read = only_read
        self._tokens = 0
        self._finished = self._failed = False

    def told(self, state: int, result: Any) -> int:  # noqa: ANN401  # a generated class
        """What the callback brings; `result` is valid only meanwhile, so it is copied."""
        if state == _STATE["RKLLM_RUN_FINISH"]:
            self._finished, self.perf = True, _perf(result.perf)
        elif state == _STATE["RKLLM_RUN_ERROR"]:
            self._failed = True
        else:
            self._tokens += 1
            if self._only_read:
                return PAUSE
            self.pieces.put((state == _STATE["RKLLM_RUN_WAITING"], result.text or b""))
        return CONTINUE

    def require_success(self) -> None:
        """Believe a success only if what was asked for has happened.

        Raises:
            EngineError: `ENG-RKLLM-RUN`, it has not.
        """
        cause = self._cause()
        if cause:
            raise EngineError(
                "ENG-RKLLM-RUN",
                "the language model failed",
                cause,
                "ask again; if this recurs, run `appliance doctor`",
            )

    def _cause(self) -> str:
        if self.status != 0:
            return f"rkllm_run returned {self.status}"
        if self._failed:
            return "it told an error while it ran"
        if self._only_read:
            return "" if self._tokens else "it returned success, but nothing was read"
        if not self._finished:
            return "it returned success, but never finished"
        read = self.perf is not None and self.perf.prefill_tokens > 0
        return "" if self._tokens or read else "it finished, but nothing was read"


def _perf(stat: Any) -> Perf:  # noqa: ANN401  # a generated class
    return Perf(
        stat.prefill_time_ms,
        stat.prefill_tokens,
        stat.generate_time_ms,
        stat.generate_tokens,
        stat.memory_usage_mb,
    )
