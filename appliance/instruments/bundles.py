"""The diagnostic bundle of a running service: made once, kept an hour, handed out in pieces."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from appliance.bundle.parcel import Entry, pack
from appliance.clock import civil_now, now_s, working
from appliance.console.errors import ConsoleError
from appliance.console.ports import Figures

KEPT_S = 3600.0
FILE = "bundle.tar.gz"

Gather = Callable[[Mapping[str, Any], bool], Iterable[Entry]]
"""The bundle's files, out of what the loop knew, with or without words; called in a thread."""


class OwnBundles:
    """Implements `console.ports.Bundles`; for the loop's thread."""

    def __init__(
        self,
        folder: Path,
        live: Callable[[], Mapping[str, Any]],
        gather: Gather,
        device: str,
        *,
        keeps_words: bool,
    ) -> None:
        """Take the parts.

        Args:
            folder: where the file is, for its owner's eyes only.
            live: what the loop knows now.
            gather: the files.
            device: what tells this device from others.
            keeps_words: whether the owner has words kept at all.
        """
        self._path, self._live, self._gather = folder / FILE, live, gather
        self._device, self._keeps_words = device, keeps_words
        self._made: Figures | None = None
        self._making = asyncio.Lock()
        self._drops = 0
        self._forgetting: asyncio.TimerHandle | None = None

    async def make(self, *, words: bool) -> Figures:
        """As the port; ConsoleError where no words are kept, or the disk takes nothing."""
        if words and not self._keeps_words:
            raise ConsoleError(
                "CON-NO-WORDS",
                "there are no words to carry away",
                "the owner has none kept (`history.words`)",
                "type `bundle`, for one without",
            )
        async with self._making:
            if self._made is None or (words and not self._made["words"]):
                self._made = await self._new(words=words)
        return self._made

    def piece(self, at: int, most: int) -> bytes:
        """As the port; ConsoleError (`CON-NO-BUNDLE`) where there is none any more."""
        if self._made is None:
            raise _none()
        try:
            with self._path.open("rb") as file:
                file.seek(at)
                return file.read(most)
        except OSError as error:
            raise _unusable(error) from error

    def drop(self) -> None:
        """As the port; also what a former process left."""
        self._made = None
        self._drops += 1
        if self._forgetting is not None:
            self._forgetting.cancel()
        with contextlib.suppress(OSError):
            self._path.unlink()

    async def _new(self, *, words: bool) -> Figures:
        self.drop()
        drops, live, made = self._drops, dict(self._live()), civil_now()
        facts = {"device": self._device, "made": made.isoformat(timespec="seconds"), "words": words}
        began_s = now_s()
        try:
            with working():
                found = await asyncio.to_thread(
                    self._write, live, facts, round(made.timestamp()), words
                )
        except OSError as error:
            self.drop()
            raise _unusable(error) from error
        if drops != self._drops:  # forgotten meanwhile
            self.drop()
            raise _none()
        self._forgetting = asyncio.get_running_loop().call_later(KEPT_S, self.drop)
        name = f"bundle-{self._device}-{made:%Y%m%d-%H%M%S}.tar.gz"
        return {"name": name, **found, "words": words, "took_s": round(now_s() - began_s, 2)}

    def _write(
        self,
        live: Mapping[str, Any],
        facts: Mapping[str, Any],
        made_s: int,
        words: bool,  # noqa: FBT001
    ) -> Figures:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            files = pack(file, self._gather(live, words), facts, made_s)
        data = self._path.read_bytes()
        return {"bytes": len(data), "files": files, "sha256": hashlib.sha256(data).hexdigest()}


def _none() -> ConsoleError:
    return ConsoleError(
        "CON-NO-BUNDLE",
        "there is no bundle",
        "none was made, or it was forgotten: by `bundle drop`, or after an hour",
        "type `bundle`",
    )


def _unusable(error: OSError) -> ConsoleError:
    cause = (error.strerror or str(error)).lower()
    remedy = "see `test storage`; is the disk full?"
    return ConsoleError("CON-BUNDLE", "the bundle cannot be written or read", cause, remedy)
