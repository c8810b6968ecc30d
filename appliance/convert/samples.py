"""Recorded inputs: a list of .npy files, a line for each sample, a file for each input."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from appliance.convert.graph import Input
from appliance.errors import ModelError

COMPARED = 8
"""Samples that the simulator is fed; each takes seconds."""


def read_samples(path: Path, inputs: Sequence[Input]) -> list[list[Path]]:
    """The files of each sample, checked. May raise OSError.

    Args:
        path: the list; names in it are relative to its folder.
        inputs: what the model wants.

    Raises:
        ModelError: `MOD-CALIBRATION`.
    """
    text = path.read_bytes().decode("utf-8", "replace")
    rows = [(number, row.split()) for number, row in enumerate(text.splitlines(), 1) if row.strip()]
    if not rows:
        raise _wrong(path, "it is empty")
    return [_sample(path, number, row, inputs) for number, row in rows]


def _sample(path: Path, number: int, row: list[str], inputs: Sequence[Input]) -> list[Path]:
    if len(row) != len(inputs):
        names = ", ".join(given.name for given in inputs)
        raise _wrong(path, f"line {number} has {len(row)} files, the model's inputs are {names}")
    files = [(path.parent / name).resolve() for name in row]
    for file, given in zip(files, inputs, strict=True):
        _check(path, number, file, given)
    return files


def _check(path: Path, number: int, file: Path, given: Input) -> None:
    if file.suffix != ".npy":
        raise _wrong(path, f"line {number}: {file} is no .npy file")
    try:
        found = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise _wrong(path, f"line {number}: {file}: {error}") from error
    if found.shape != given.shape or str(found.dtype) != given.dtype:
        wanted = f"{given.dtype} {given.shape}"
        raise _wrong(
            path,
            f"line {number}: {file} is {found.dtype} {found.shape}, “{given.name}” is {wanted}",
        )
    if " " in str(file):  # the toolkit's own list has no way to quote
        raise _wrong(path, f"line {number}: {file}: there is a space in its path")


def noise(inputs: Sequence[Input], folder: Path) -> list[list[Path]]:
    """One sample that nobody recorded: normal noise; 0 where whole numbers are wanted."""
    random = np.random.default_rng(1)
    sample = []
    for number, given in enumerate(inputs):
        made = random.standard_normal([size or 1 for size in given.shape])
        kept = made if given.dtype.startswith("float") else np.zeros(made.shape)
        sample.append(folder / f"noise{number}.npy")
        np.save(sample[-1], kept.astype(given.dtype))
    return [sample]


def check_texts(path: Path) -> None:
    """Calibration of a language model: `[{"input": "…", "target": "…"}, …]`. May raise OSError.

    Raises:
        ModelError: `MOD-CALIBRATION`.
    """
    try:
        rows = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"it is no JSON: {error}") from error
    right = isinstance(rows, list) and all(
        isinstance(row, dict) and {type(row.get("input")), type(row.get("target"))} == {str}
        for row in rows
    )
    if not right or not rows:
        raise _wrong(path, "it must be a list of {“input”: text, “target”: text}")


def _wrong(path: Path, cause: str) -> ModelError:
    return ModelError(
        "MOD-CALIBRATION",
        f"{path} can't calibrate",
        cause,
        "see “Recorded inputs”, docs/convert.md",
    )
