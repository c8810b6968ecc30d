"""How a converted model was made: a small JSON file beside it, `encoder.rknn.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Note:
    """One conversion.

    Attributes:
        bytes: size of the model's file; a note of another size belongs to another file.
        sha256: of the model's file.
        toolkit, version: "rknn-toolkit2", "2.5.0".
        platform: the chip, "rk3576".
        quantisation: "fp16", "int8", "w4a16", …
        source, source_sha256: what was converted; a folder's hash is over its files' hashes.
        calibration_sha256: of the list or file that calibrated it; "" without.
        compared_with: "noise" or "calibration": what the simulator was fed; "" if it was not.
        cosine: of each output, simulator against onnxruntime, the worst sample.
        settings: what else the toolkit was told.
    """

    bytes: int
    sha256: str
    toolkit: str
    version: str
    platform: str
    quantisation: str
    source: str
    source_sha256: str
    calibration_sha256: str = ""
    compared_with: str = ""
    cosine: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)

    def dump(self) -> str:
        """As JSON text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n"

    def __str__(self) -> str:
        """For a person: `rknn-toolkit2 2.5.0, fp16, cosine 0.99999`."""
        worst = f", cosine {min(self.cosine.values()):.5f}" if self.cosine else ""
        return f"{self.toolkit} {self.version}, {self.quantisation}{worst}"


def note_path(model: Path) -> Path:
    """Where a model's note is."""
    return model.with_name(f"{model.name}.json")


def note_of(model: Path) -> Note | None:
    """The note of a model, if it has one and it belongs to this file."""
    try:
        note = parse(note_path(model).read_bytes())
        return note if note and note.bytes == model.stat().st_size else None
    except OSError:  # no note, no model
        return None


def parse(data: bytes) -> Note | None:
    """The note that `dump` wrote; None where the bytes are none."""
    try:
        values = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        return None
    if set(values) != {item.name for item in fields(Note)} or not _typed(values):
        return None
    return Note(**values)


def _typed(values: dict[str, object]) -> bool:
    """Whether each value is of its field's kind: a number, a table of numbers, else a text."""
    for key, value in values.items():
        if key in {"cosine", "settings"}:
            numbers = value.values() if isinstance(value, dict) else [None]
            right = all(isinstance(number, int | float) for number in numbers)
        else:
            right = isinstance(value, int if key == "bytes" else str)
        if not right:
            return False
    return True
