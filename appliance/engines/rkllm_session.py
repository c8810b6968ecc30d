"""What a model has read, so that nothing is read twice: the first sound comes sooner.

Reading (prefill) can't be interrupted and takes most of the time before the first token. So
the head of the prompt is kept in a file, the passages are read while the person still speaks,
and then only the question is left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from pathlib import Path

from appliance.engines.rkllm import Rkllm
from appliance.errors import EngineError

SUFFIX = ".rkllm-cache"


class Session:
    """Feeds one model prompts that all begin with the same head."""

    def __init__(self, model: Rkllm, head: str, cache: Path | None) -> None:
        """Read nothing yet.

        Args:
            model: a loaded model.
            head: how every prompt begins.
            cache: file that keeps the head as the model read it (`cache_file`); None: none.
        """
        self._model, self._head, self._cache = model, head, cache
        self._read = ""
        """What the model has read; `forget` empties it."""
        self._spoilt = False
        """Whether it holds more than that: an answer, or part of one."""

    def warm(self) -> bool:
        """Read the head; returns whether a prompt cache is in use.

        Raises:
            EngineError: the model can't read.
        """
        if self._cache is None or self._recalled():
            self.read(self._head)
            return self._cache is not None
        self._save(self._cache)
        return self._cache is not None

    def read(self, prompt: str) -> None:
        """Read the beginning of a prompt; what is left for `write` takes the less time.

        Raises:
            EngineError: the model can't read.
        """
        if not self._spoilt and self._read.startswith(prompt):
            return  # it has read that, and perhaps more
        rest = prompt[len(self._common(prompt)) :]
        if rest:
            self._spoilt = True  # until it is known to be read
            self._model.read(rest)
            self._read, self._spoilt = prompt, False

    def write(self, prompt: str) -> Generator[str, None, None]:
        """What the model answers to a whole prompt, as it is generated.

        Raises:
            EngineError: the model failed.
        """
        rest = prompt[len(self._common(prompt)) :]
        self._spoilt = True
        yield from self._model.write(rest)

    def write_anew(self, text: str) -> Generator[str, None, None]:
        """What the model writes after `text` alone, which it reads whole, to measure that.

        Raises:
            EngineError: the model failed.
        """
        self._forget()
        self._spoilt = True
        yield from self._model.write(text)

    def _common(self, prompt: str) -> str:
        """What the model has read of `prompt`, after forgetting whatever does not belong to it."""
        if self._spoilt or not prompt.startswith(self._read):
            self._forget()
            self._recalled()
        return self._read

    def _forget(self) -> None:
        self._model.forget()
        self._read, self._spoilt = "", False

    def _recalled(self) -> bool:
        """Whether the head was taken from its file; one that the library refuses is removed."""
        if self._cache is None or not self._cache.exists():
            return False
        try:
            self._model.recall(self._cache)
        except EngineError:
            self._cache.unlink()
            self._forget()
            return False
        self._read = self._head
        return True

    def _save(self, cache: Path) -> None:
        """Read the head and keep it in its file; it appears there whole or not at all."""
        unfinished = cache.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        self._model.read(self._head, save_to=unfinished)
        self._read = self._head
        if unfinished.exists() and unfinished.stat().st_size:
            for outdated in cache.parent.glob(f"*{SUFFIX}"):
                outdated.unlink()
            unfinished.replace(cache)
        else:  # the library said that it had saved it
            self._cache = None


def cache_file(folder: Path, model: Path, version: str, head: str) -> Path:
    """Where the head is kept, for exactly this model, library and head."""
    stat = model.stat()
    key = f"{model.name}\n{stat.st_size}\n{stat.st_mtime_ns}\n{version}\n{head}"
    return folder / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}{SUFFIX}"
