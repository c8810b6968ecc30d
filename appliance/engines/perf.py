"""What a language model's library measured of one run, in one form for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.engines.rkllm_run import Perf as RkllmPerf


@dataclass(frozen=True, slots=True)
class Perf:
    """Figures of one run.

    Attributes:
        load_ms: loading the model, once.
        cached_tokens: of the prompt, read by an earlier run.
        prefill_tokens: of the prompt, read by this run.
        first_token_ms: from the prompt's arrival to the first token: reading what was not cached.
        prefill_tokens_per_s: how fast it read.
        answer_tokens: how many it wrote.
        decode_tokens_per_s: how fast it wrote, from the first token on.
        peak_mb: the most memory that the process has had, in MiB.
    """

    load_ms: float
    cached_tokens: int
    prefill_tokens: int
    first_token_ms: float
    prefill_tokens_per_s: float
    answer_tokens: int
    decode_tokens_per_s: float
    peak_mb: float


def perf_of(timings: Mapping[str, float], load_ms: float, peak_mb: float) -> Perf:
    """The figures of llama.cpp, from what it tells with its last chunk."""
    return Perf(
        load_ms=load_ms,
        cached_tokens=int(timings["cache_n"]),
        prefill_tokens=int(timings["prompt_n"]),
        first_token_ms=timings["prompt_ms"],
        prefill_tokens_per_s=timings["prompt_per_second"],
        answer_tokens=int(timings["predicted_n"]),
        decode_tokens_per_s=timings["predicted_per_second"],
        peak_mb=peak_mb,
    )


def perf_of_run(run: RkllmPerf, load_ms: float) -> Perf:
    """The figures of RKLLM, from the statistics that come with the end of a run."""
    return Perf(
        load_ms=load_ms,
        cached_tokens=0,
        prefill_tokens=run.prefill_tokens,
        first_token_ms=run.prefill_ms,
        prefill_tokens_per_s=_per_s(run.prefill_tokens, run.prefill_ms),
        answer_tokens=run.generate_tokens,
        decode_tokens_per_s=_per_s(run.generate_tokens, run.generate_ms),
        peak_mb=run.memory_mb,
    )


def _per_s(tokens: int, ms: float) -> float:
    return 1000 * tokens / ms if ms > 0 else 0.0
