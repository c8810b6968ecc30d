"""A language model on the NPU, through librkllmrt.

For the engine's own process only: the library may crash, hang, or return success for nothing.
Nothing here has been run on a board yet; it is tested against a stand-in of our own
(`tests/fakes/rkllm`) that keeps to what is publicly known of the library.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.engines.rkllm_abi import ENUMS
from appliance.engines.rkllm_driver import VERSION_FILES, raise_open_files, require_driver
from appliance.engines.rkllm_library import Library
from appliance.engines.rkllm_run import CONTINUE, Perf, Run
from appliance.engines.utf8 import Utf8Joiner
from appliance.errors import EngineError

_PROMPT = ENUMS["RKLLMInputType"]["RKLLM_INPUT_PROMPT"]
_GENERATE = ENUMS["RKLLMInferMode"]["RKLLM_INFER_GENERATE"]


@dataclass(frozen=True, slots=True)
class RkllmSettings:
    """What a model is loaded with.

    Attributes:
        library: path of librkllmrt.so.
        model: path of the model, converted for this chip (`.rkllm`).
        version: the library's version, if its file does not say it; "": it must.
        context_tokens: prompt and answer together; at most what the model was converted for.
        answer_tokens: the longest answer.
        top_k: of how many tokens the next is drawn; 1: the likeliest, always the same answer.
        top_p: 0..1, of which share of the probability it is drawn.
        temperature: above 0, how bold the draw is.
        repeat_penalty: 1: none.
        cpu_mask: one bit a core; 0xF0: the four big ones of an RK3576.
        domain: of the NPU's addresses; 1 keeps clear of RKNN models, which are always in 0.
        driver_files: where the driver says its version.
    """

    library: str
    model: str
    version: str = ""
    context_tokens: int = 2048
    answer_tokens: int = 160
    top_k: int = 1
    top_p: float = 0.9
    temperature: float = 0.8
    repeat_penalty: float = 1.1
    cpu_mask: int = 0xF0
    domain: int = 1
    driver_files: Sequence[str] = VERSION_FILES


class Rkllm:
    """One loaded model: it reads text, and writes what comes next. One run at a time.

    Attributes:
        version: of the library, once loaded.
        driver: the driver's version, once loaded.
        perf: what the library measured of the last run that finished.
    """

    def __init__(self, settings: RkllmSettings) -> None:
        self.version = self.driver = ""
        self.perf: Perf | None = None
        self._settings = settings
        self._library: Library | None = None
        self._handle = ctypes.c_void_p()
        self._callback: Any = None  # the library keeps its address: it must live as long
        self._run: Run | None = None

    def load(self) -> None:
        """Open the library and load the model.

        Raises:
            EngineError: `ENG-RKLLM-DRIVER`, `-LIBRARY`, `-VERSION`, `-MODEL` or `-INIT`.
        """
        settings = self._settings
        self.driver = require_driver(settings.driver_files)
        _require_model(Path(settings.model))
        library = Library(settings.library, settings.version)
        raise_open_files()
        self.version = library.layout.version
        self._callback = library.callback_type(self._told)
        self._init(library)
        self._library = library
        # Empty: the prompt is used as it is, so that its fixed parts can be read ahead.
        library.call("rkllm_set_chat_template", self._handle, b"", b"", b"")

    def close(self) -> None:
        """Unload the model; safe to call twice."""
        library, self._library = self._library, None
        if library is not None:
            library.call("rkllm_destroy", self._handle)

    def read(self, text: str, save_to: Path | None = None) -> None:
        """Read `text` after what was read before, so that a later `write` need not.

        Args:
            text: a beginning of a prompt; the first token after it is thrown away.
            save_to: a prompt cache file to write; the caller must look whether it is there.

        Raises:
            EngineError: `ENG-RKLLM-RUN`.
        """
        run = Run(only_read=True)
        with self._running(run, text, save_to):
            while run.pieces.get() is not None:
                pass
        run.require_success()

    def write(self, text: str) -> Generator[str, None, None]:
        """Read `text` after what was read before; yields the answer as it is generated.

        A reader that stops early aborts the run: after the prefill and one token at the
        earliest, for the library can't be interrupted before.

        Raises:
            EngineError: `ENG-RKLLM-RUN`.
        """
        run, joiner = Run(), Utf8Joiner()
        with self._running(run, text, None):
            while (piece := run.pieces.get()) is not None:
                waiting, data = piece
                if whole := joiner.feed(data, waiting=waiting):
                    yield whole
        run.require_success()
        self.perf = run.perf

    def forget(self) -> None:
        """Forget all that was read and written."""
        # Positions, where the library has any, are refused unless a run is paused: none are given.
        self._open().call("rkllm_clear_kv_cache", self._handle, 0, None, None)

    def recall(self, path: Path) -> None:
        """Read the text whose prompt cache was saved to `path`, in far less time than `read`.

        Raises:
            EngineError: `ENG-RKLLM-CALL`, the library refused the file.
        """
        self._open().call("rkllm_load_prompt_cache", self._handle, bytes(path))

    def _init(self, library: Library) -> None:
        parameters = self._parameters(library)
        told: Any = ctypes.cast(self._callback, ctypes.c_void_p)
        if library.layout.takes_callback_struct:
            callbacks = library.layout.new("RKLLMCallback", result_callback=told)
            told = ctypes.byref(callbacks)
        handle = ctypes.byref(self._handle)
        status = library.status("rkllm_init", handle, ctypes.byref(parameters), told)
        if status != 0:
            raise _not_loaded(f"rkllm_init returned {status}")
        if not self._handle:
            raise _not_loaded("rkllm_init returned success, but no model")

    def _parameters(self, library: Library) -> Any:  # noqa: ANN401  # a generated class
        settings, parameters = self._settings, library.default_parameters()
        parameters.model_path = settings.model.encode()
        parameters.max_context_len = settings.context_tokens
        parameters.max_new_tokens = settings.answer_tokens
        for name in ("top_k", "top_p", "temperature", "repeat_penalty"):
            setattr(parameters, name, getattr(settings, name))
        parameters.skip_special_token, parameters.is_async = True, False
        more = parameters.extend_param
        more.base_domain_id = settings.domain
        more.enabled_cpus_num = settings.cpu_mask.bit_count()
        more.enabled_cpus_mask = settings.cpu_mask
        return parameters

    def _told(self, result: Any, userdata: object, state: int) -> int:  # noqa: ANN401, ARG002  # generated; unused
        """On a thread of the library's own."""
        run = self._run
        if run is None:  # a callback that comes after the end
            return CONTINUE
        if run.stopping:
            # Here the run is surely under way; elsewhere an abort may come too early or too late.
            self._open().status("rkllm_abort", self._handle)
        return run.told(state, result.contents)

    @contextlib.contextmanager
    def _running(self, run: Run, text: str, save_to: Path | None) -> Iterator[None]:
        if self._run is not None:
            raise RuntimeError("one run at a time")
        arguments = (self._open(), run, text, save_to)
        self._run = run
        thread = threading.Thread(target=self._work, args=arguments, name="rkllm-run")
        thread.start()
        try:
            yield
        finally:
            run.stopping = True
            thread.join()
            self._run = None

    def _work(self, library: Library, run: Run, text: str, save_to: Path | None) -> None:
        """The blocking call. What it is given stays alive until it returns."""
        new = library.layout.new
        try:
            cache = new("RKLLMPromptCacheParam", save_prompt_cache=1)
            cache.prompt_cache_path = bytes(save_to) if save_to else None
            asked = new("RKLLMInput", role=b"user", input_type=_PROMPT)
            asked.prompt_input = text.encode()
            how = new("RKLLMInferParam", mode=_GENERATE, keep_history=1)
            if save_to:
                how.prompt_cache_params = ctypes.addressof(cache)
            references = ctypes.byref(asked), ctypes.byref(how)
            run.status = library.status("rkllm_run", self._handle, *references, None)
        finally:
            run.pieces.put(None)

    def _open(self) -> Library:
        if self._library is None:
            raise RuntimeError("not loaded")
        return self._library


def _require_model(path: Path) -> None:
    if not path.is_file() or not path.stat().st_size:
        raise EngineError(
            "ENG-RKLLM-MODEL",
            f"the language model {path} cannot be read",
            "there is no such file, or it is empty",
            "install a model that was converted for this chip (docs/rkllm.md)",
        )


def _not_loaded(cause: str) -> EngineError:
    return EngineError(
        "ENG-RKLLM-INIT",
        "the language model could not be loaded",
        f"{cause}: it does not fit into the NPU's memory, or was converted for another chip or "
        "by a newer toolkit than the library",
        "install a smaller model, or one converted for this chip and library",
    )
