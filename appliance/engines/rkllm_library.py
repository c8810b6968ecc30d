"""librkllmrt, opened: its version known, its functions typed, every status looked at."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.engines.rkllm_abi import Layout, layout
from appliance.engines.rkllm_detect import detect
from appliance.errors import EngineError

_P, _TEXT, _INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_ARGUMENTS: Mapping[str, tuple[type[Any], ...]] = {
    "rkllm_init": (_P, _P, _P),
    "rkllm_destroy": (_P,),
    "rkllm_run": (_P, _P, _P, _P),
    "rkllm_abort": (_P,),
    "rkllm_clear_kv_cache": (_P, _INT, _P, _P),
    "rkllm_load_prompt_cache": (_P, _TEXT),
    "rkllm_set_chat_template": (_P, _TEXT, _TEXT, _TEXT),
}
"""What we call. `rkllm_run_async` never calls back in 1.2.1, and `rkllm_is_running` means its
opposite in 1.3.0: we use neither."""


class Library:
    """One loaded librkllmrt.

    Attributes:
        layout: the structs of its version.
        callback_type: ctypes' type of the function that it tells results.
    """

    def __init__(self, path: str, declared: str = "") -> None:
        """Open it and find out its version.

        Args:
            path: the file.
            declared: its version where it doesn't say it itself; "": it must.

        Raises:
            EngineError: `ENG-RKLLM-LIBRARY`, it is missing or is no librkllmrt;
                `ENG-RKLLM-VERSION`, its version is unknown or uncertain.
        """
        self._library = _opened(path)
        self.layout: Layout = layout(detect(Path(path), self._library, declared))
        structs = self.layout.structs
        self.callback_type = ctypes.CFUNCTYPE(
            _INT, ctypes.POINTER(structs["RKLLMResult"]), _P, _INT
        )
        for name, arguments in _ARGUMENTS.items():
            function = getattr(self._library, name)
            function.argtypes, function.restype = arguments, _INT
        defaults = self._library.rkllm_createDefaultParam
        defaults.argtypes, defaults.restype = (), structs["RKLLMParam"]

    def default_parameters(self) -> Any:  # noqa: ANN401  # a generated class
        """RKLLMParam as the library fills it."""
        return self._library.rkllm_createDefaultParam()

    def status(self, name: str, *arguments: object) -> int:
        """Call a function; what it returns, 0 for success."""
        return int(getattr(self._library, name)(*arguments))

    def call(self, name: str, *arguments: object) -> None:
        """Call a function that must succeed.

        Raises:
            EngineError: `ENG-RKLLM-CALL`, it did not.
        """
        status = self.status(name, *arguments)
        if status != 0:
            raise EngineError(
                "ENG-RKLLM-CALL",
                "the language model's library refused",
                f"{name} returned {status}",
                "ask again; if this recurs, restart the device",
            )


def _opened(path: str) -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise _unusable(path, str(error)) from error
    for name in ("rkllm_init", "rkllm_createDefaultParam"):
        if not hasattr(library, name):
            raise _unusable(path, f"it has no {name}")
    return library


def _unusable(path: str, cause: str) -> EngineError:
    return EngineError(
        "ENG-RKLLM-LIBRARY",
        f"{path} cannot be used as librkllmrt",
        cause,
        "install the vendor's librkllmrt.so for this board (docs/rkllm.md)",
    )
