"""A language model on the CPU, through llama.cpp (the package xllamacpp).

For the engine's own process only: the library may abort, and to unload a model that was just loaded
may hang, so the process ends instead. It offers llama.cpp's server without its network, but starts
the network part as well. That one listens on a UNIX socket in a private folder that is gone as soon
as the model is loaded.
"""

from __future__ import annotations

import contextlib
import os
import queue
import resource
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from appliance.clock import wall_s
from appliance.engines.llama_faults import (
    PromptTooLongError,
    broken_model,
    failed,
    no_library,
    overheard,
    require_model,
)
from appliance.engines.perf import Perf, perf_of

Chunk: TypeAlias = dict[str, Any]
Handler: TypeAlias = Callable[[Mapping[str, Any], Callable[[Chunk], bool]], None]

MOST_THREADS = 8
"""More make a model of this size slower."""
BATCH_TOKENS = 64
"""Of a prompt, read at once: it can be left after each batch."""
ERRORS_ONLY = 1
REPLACED = "\ufffd"
"""What stands for bytes that are no UTF-8: it can't be spoken."""


@dataclass(frozen=True, slots=True)
class LlamaSettings:
    """What a model is loaded with.

    Attributes:
        model: path of the GGUF file.
        context_tokens: prompt and answer together.
        answer_tokens: the longest answer.
        threads: 0: one for each core that may be used, at most MOST_THREADS.
        temperature: 0: always the likeliest token, so always the same answer.
    """

    model: str
    context_tokens: int = 2048
    answer_tokens: int = 160
    threads: int = 0
    temperature: float = 0.0


class Llama:
    """One loaded model. What it read last stays read: a prompt that begins alike is read faster.

    Attributes:
        perf: figures of the last run that came to its end; None before.
        load_ms: how long loading took.
        is_whole: whether the last answer came to its end, rather than to `answer_tokens`.
    """

    def __init__(self, settings: LlamaSettings) -> None:
        self.perf: Perf | None = None
        self.load_ms = 0.0
        self.is_whole = False
        self._settings = settings
        self._server: Any = None

    def load(self) -> None:
        """Load the model.

        Raises:
            EngineError: `ENG-LLAMA-LIBRARY` or `ENG-LLAMA-MODEL`.
        """
        began = wall_s()
        require_model(Path(self._settings.model))
        os.environ["GGML_NO_BACKTRACE"] = "1"  # else an abort starts a debugger
        library = _library()
        with _unreachable() as address, overheard() as complaint:
            try:
                self._server = library.Server(self._parameters(library, address))
            except RuntimeError as error:
                raise broken_model(self._settings.model, complaint()) from error
        self.load_ms = 1000 * (wall_s() - began)

    def write(
        self, messages: Sequence[Mapping[str, str]], answer_tokens: int | None = None
    ) -> Generator[str, None, None]:
        """What the model answers, as it is generated; "" after each batch that it read.

        Whoever leaves early ends it at the next token, or after the batch that is being read.

        Args:
            messages: each with `role` and `content`, as the model's own template takes them.
            answer_tokens: at most; 0: only read; None: as the settings say.

        Raises:
            EngineError: `ENG-LLAMA-RUN`.
            PromptTooLongError: there is no room for it.
        """
        most = self._settings.answer_tokens if answer_tokens is None else answer_tokens
        asked = {
            "messages": list(messages),
            "chat_template_kwargs": {"enable_thinking": False},
            "max_tokens": most,
            "temperature": self._settings.temperature,
            "cache_prompt": True,
            "return_progress": True,
        }
        for choice in self._choices(self._loaded().handle_chat_completions, asked):
            yield (choice["delta"].get("content") or "").replace(REPLACED, "")

    def measure(self, prompt_tokens: int, answer_tokens: int) -> Iterator[None]:
        """Read and write so many tokens, whatever they mean; then `perf` has the figures.

        Raises:
            EngineError: `ENG-LLAMA-RUN`.
            PromptTooLongError: there is no room for it.
        """
        tokens = [number % 256 for number in range(prompt_tokens)]  # every vocabulary has these
        asked = {
            "prompt": tokens,
            "max_tokens": answer_tokens,
            "temperature": 0.0,
            "cache_prompt": False,
            "ignore_eos": True,
        }
        for _ in self._choices(self._loaded().handle_completions, asked):
            yield

    def _choices(self, handler: Handler, asked: Mapping[str, Any]) -> Iterator[Chunk]:
        """The chunks of one run, checked: it succeeded only if it says how it ended."""
        self.is_whole, self.perf = False, None
        with contextlib.closing(_streamed(handler, {**asked, "stream": True})) as chunks:
            for chunk in chunks:
                if "error" in chunk:
                    raise PromptTooLongError.of(chunk["error"]) or failed(str(chunk["error"]))
                (choice,) = chunk["choices"]
                if choice["finish_reason"]:
                    self.is_whole = choice["finish_reason"] == "stop"
                    self.perf = perf_of(chunk["timings"], self.load_ms, _peak_mb())
                yield choice
        if self.perf is None:
            raise failed("it never came to an end")

    def _parameters(self, library: Any, address: str) -> Any:  # noqa: ANN401  # untyped
        settings, parameters = self._settings, library.CommonParams()
        cores = len(os.sched_getaffinity(0))
        parameters.model.path = settings.model
        parameters.n_ctx = settings.context_tokens
        parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
        for part in (parameters.cpuparams, parameters.cpuparams_batch):
            part.n_threads = settings.threads or min(cores, MOST_THREADS)
        parameters.n_parallel, parameters.cache_ram_mib = 1, 0  # one conversation, kept as it is
        parameters.fit_params, parameters.warmup = False, False
        parameters.force_pure_content_parser = True  # what it says is text, not calls of tools
        parameters.hostnames, parameters.n_threads_http = [address], 1
        parameters.offline, parameters.ui = True, False
        parameters.endpoint_slots = parameters.endpoint_props = False
        parameters.verbosity = ERRORS_ONLY
        return parameters

    def _loaded(self) -> Any:  # noqa: ANN401  # untyped
        if self._server is None:
            raise RuntimeError("not loaded")
        return self._server


def _library() -> Any:  # noqa: ANN401  # untyped
    try:
        import xllamacpp  # noqa: PLC0415  # of the extra `cpu`
    except ImportError as error:
        raise no_library(str(error)) from error
    return xllamacpp


@contextlib.contextmanager
def _unreachable() -> Iterator[str]:
    """Where the library's server may listen; nobody can reach it, and afterwards nobody ever."""
    with tempfile.TemporaryDirectory(prefix="llama-") as folder:
        yield f"{folder}/none.sock"


def _streamed(handler: Handler, asked: Mapping[str, Any]) -> Generator[Chunk, None, None]:
    """The chunks of a call that blocks, from a thread of its own; closing it ends the call."""
    told: queue.SimpleQueue[Chunk | None] = queue.SimpleQueue()
    leaving = threading.Event()

    def heard(chunk: Chunk) -> bool:
        told.put(chunk)
        return leaving.is_set()

    def work() -> None:
        try:
            handler(asked, heard)
        finally:
            told.put(None)

    thread = threading.Thread(target=work, name="llama-run")
    thread.start()
    try:
        while (chunk := told.get()) is not None:
            yield chunk
    finally:
        leaving.set()
        thread.join()


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
