"""How llama.cpp fails, in words that a person can act on."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from appliance.errors import EngineError

_COMPLAINT = re.compile(r"^\S+ E .*?\w+: (?P<why>.+)$", re.MULTILINE)
_MOST_CHUNKS = 64


class PromptTooLongError(Exception):
    """A prompt has no room.

    Attributes:
        share: of it that would have, 0..1.
    """

    def __init__(self, share: float) -> None:
        super().__init__(f"{share:.0%} of the prompt would fit")
        self.share = share

    @classmethod
    def of(cls, error: Mapping[str, Any]) -> PromptTooLongError | None:
        """This error, if the library's is about that."""
        if error.get("type") != "exceed_context_size_error":
            return None
        return cls(error["n_ctx"] / error["n_prompt_tokens"])


def require_model(path: Path) -> None:
    """The file is there.

    Raises:
        EngineError: `ENG-LLAMA-MODEL`, it is not, or it is empty.
    """
    if not path.is_file() or not path.stat().st_size:
        raise broken_model(str(path), "there is no such file, or it is empty")


@contextlib.contextmanager
def overheard() -> Iterator[Callable[[], str]]:
    """Yields what tells the first error that the library has told on standard error since then.

    Whatever it writes goes on to where it went before.
    """
    said: list[bytes] = []
    with contextlib.ExitStack() as undo:
        before = os.dup(2)
        undo.callback(os.close, before)
        ears, mouth = os.pipe()
        undo.callback(os.close, ears)
        listener = threading.Thread(target=_pass_on, args=(ears, before, said), name="overheard")
        listener.start()
        undo.callback(listener.join)
        os.dup2(mouth, 2)
        os.close(mouth)
        undo.callback(os.dup2, before, 2)  # which closes the pipe, and that ends the listener

        def complaint() -> str:
            os.dup2(before, 2)
            listener.join()
            found = _COMPLAINT.search(b"".join(said).decode(errors="replace"))
            return found["why"] if found else "llama.cpp does not say why"

        yield complaint


def _pass_on(source: int, target: int, said: list[bytes]) -> None:
    while chunk := os.read(source, 4096):
        os.write(target, chunk)
        if len(said) < _MOST_CHUNKS:
            said.append(chunk)


def broken_model(path: str, cause: str) -> EngineError:
    """It can't be loaded: missing, cut short, of another kind, or too large for the memory."""
    return EngineError(
        "ENG-LLAMA-MODEL",
        f"the language model {path} cannot be loaded",
        cause,
        "get it again (`appliance models pull`, then `verify`), or name another GGUF file in "
        "`llama.model` (docs/llama.md)",
    )


def no_library(cause: str) -> EngineError:
    """The package is not installed."""
    return EngineError(
        "ENG-LLAMA-LIBRARY",
        "llama.cpp is not installed",
        cause,
        "pip install 'voice-appliance[cpu]'",
    )


def failed(cause: str) -> EngineError:
    """A run failed."""
    return EngineError(
        "ENG-LLAMA-RUN",
        "the language model failed",
        cause,
        "ask again; if this recurs, run `appliance doctor`",
    )
