"""A source that behaves as networks do: cuts off, corrupts, stalls, ignores what it is asked."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from appliance.models.lock import Entry
from appliance.models.model import HuggingFace, Licence, Model, ModelFile, Wheel
from appliance.models.source import SourceError, Stream, cut_off


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def model(
    *files: ModelFile, name: str = "tiny", commercial: bool = True, memory_mb: int = 10
) -> Model:
    return Model(
        id=name,
        roles=("slm",),
        about="a model",
        languages=("en",),
        licence=Licence("MIT", commercial),
        memory_mb=memory_mb,
        platform="cpu",
        source=HuggingFace("maker/tiny", "main"),
        files=files or (ModelFile("w.bin", "w.bin"),),
    )


def wheel_model(folder: str = "openwakeword/resources/models", **known: Any) -> Model:
    """One file of an installed package."""
    file = ModelFile("silero_vad.onnx", "silero_vad.onnx", **known)
    return replace(model(file, name="vad"), source=Wheel("openwakeword", "0.4.0", folder))


def entry(data: bytes, model: str = "tiny", file: str = "w.bin") -> Entry:
    return Entry(model, file, len(data), sha256(data), "somewhere", "main")


@dataclass
class FakeSource:
    """`files` by the end of their address. Each fault applies to one request, in order."""

    files: dict[str, bytes]
    cuts: list[int] = field(default_factory=list)
    """Stop so many bytes into each request."""
    corrupt: bool = False
    ignores_range: bool = False
    says_size: bool = True
    chunk_bytes: int = 7
    """Small: a slow line."""
    version: str = "v1"
    validates: bool = True
    on_chunk: Callable[[], None] = lambda: None
    asked: list[tuple[str, int]] = field(default_factory=list)

    @contextlib.contextmanager
    def open(self, address: str, start: int, validator: str) -> Iterator[Stream]:
        self.asked.append((address, start))
        data = next((d for end, d in self.files.items() if address.endswith(end)), None)
        if data is None:
            raise SourceError("MOD-NOT-FOUND", f"{address} is not there", "404", "try elsewhere")
        if self.corrupt:
            data = bytes(byte ^ 1 for byte in data)
        version = self.version if self.validates else ""
        if self.ignores_range or validator not in {"", version} or start > len(data):
            start = 0
        size = len(data) if self.says_size else None
        yield Stream(start, size, version, self._chunks(data[start:], address))

    def _chunks(self, data: bytes, address: str) -> Iterator[bytes]:
        cut = self.cuts.pop(0) if self.cuts else None
        for at in range(0, len(data), self.chunk_bytes):
            if cut is not None and at + self.chunk_bytes > cut:
                yield data[at:cut]
                raise cut_off(address, "connection reset by peer")
            self.on_chunk()
            yield data[at : at + self.chunk_bytes]
