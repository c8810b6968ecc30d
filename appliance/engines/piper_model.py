# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens a Piper voice: the network, and the JSON beside it that says how to use it.

piper-tts is GPL-3.0-or-later and this file calls it, so this file carries that licence and may be
imported only by the voice's own process.

Piper's own loader gives onnxruntime every core, and takes a file's word for everything. Here the
session is ours, and what doesn't make sense is refused by name.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from appliance.errors import EngineError
from audio.inference import cpu_session, onnxruntime

_OFFLINE: Final = ("espeak", "text")
"""Kinds of phonemes for which Piper needs no further package and downloads nothing."""
_MARKS: Final = ("_", "^", "$")
"""Padding, begin and end: every voice has them."""
_RATES_HZ: Final = (8000, 48_000)
_INPUTS: Final = frozenset({"input", "input_lengths", "scales"})
_SCALES: Final = frozenset({"noise_scale", "length_scale", "noise_w"})
_FETCH: Final = "get a voice with `appliance models pull` and set [voice] model (docs/piper.md)"


def open_voice(model: Path, threads: int) -> Any:  # noqa: ANN401  # a PiperVoice; Any without Piper
    """The voice of `model` (`.onnx`) and `model` + `.json`.

    Raises:
        EngineError: `ENG-NO-PIPER`, `ENG-NO-MODEL`, `ENG-BAD-MODEL`.
    """
    onnxruntime()  # its telemetry is shut before Piper imports it
    piper = _library()
    described = model.with_name(f"{model.name}.json")
    for file in (model, described):
        if not file.is_file():
            raise _missing(file)
    config = _config(piper, described)
    try:
        session = cpu_session(str(model), threads)
    except ValueError as error:
        raise bad_voice(model, error) from error
    wanted = _INPUTS | ({"sid"} if config.num_speakers > 1 else set())
    takes = {tensor.name for tensor in session.get_inputs()}
    if takes != wanted:
        cause = f"it takes {sorted(takes)}, but its JSON means {sorted(wanted)}"
        raise bad_voice(model, cause)
    return piper.PiperVoice(session, config)


def bad_voice(file: Path, cause: object) -> EngineError:
    """`ENG-BAD-MODEL`: a file of the voice is damaged, or of another voice."""
    why = (str(cause) or type(cause).__name__).splitlines()[0][:200]
    return EngineError("ENG-BAD-MODEL", f"the voice {file.name} cannot be used", why, _FETCH)


def _missing(file: Path) -> EngineError:
    return EngineError(
        "ENG-NO-MODEL",
        "the voice's model is missing",
        f"no file {file} (about 63 MB for a medium voice; each has a licence of its own)",
        _FETCH,
    )


def _library() -> Any:  # noqa: ANN401  # a module
    try:
        import piper  # noqa: PLC0415  # only after onnxruntime()
    except ImportError as error:
        raise EngineError(
            "ENG-NO-PIPER",
            "the voice cannot be opened",
            str(error),
            'install it: pip install piper-tts, or set [voice] engine = "espeak"',
        ) from error
    logging.getLogger("piper").setLevel(logging.CRITICAL)  # it would log what is spoken
    return piper


def _config(piper: Any, described: Path) -> Any:  # noqa: ANN401  # Piper's own
    try:
        table = json.loads(described.read_text(encoding="utf-8"))
        config = piper.voice.PiperConfig.from_dict(table)
        _require_sense(table, config)
    except KeyError as error:
        raise bad_voice(described, f"it lacks {error}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise bad_voice(described, error) from error
    return config


def _require_sense(table: Mapping[str, Any], config: Any) -> None:  # noqa: ANN401  # Piper's own
    """ValueError or KeyError where the network would be fed nonsense, or the internet be asked."""
    kind = config.phoneme_type.value
    if kind not in _OFFLINE:
        raise ValueError(f"its phonemes are of the kind {kind}, for which Piper needs downloads")
    low, high = _RATES_HZ
    if type(config.sample_rate) is not int or not low <= config.sample_rate <= high:
        raise ValueError(f"audio.sample_rate is {config.sample_rate!r}")
    if type(config.num_speakers) is not int or config.num_speakers < 1:
        raise ValueError(f"num_speakers is {config.num_speakers!r}")
    for name in _SCALES & table.get("inference", {}).keys():
        number = table["inference"][name]
        if type(number) not in (int, float) or not 0 <= number <= 10:  # noqa: PLR2004  # 1 is usual
            raise ValueError(f"inference.{name} is {number!r}")
    for mark in _MARKS:
        config.phoneme_id_map[mark]
    for phoneme, ids in config.phoneme_id_map.items():
        if not isinstance(ids, list) or not all(type(one) is int and one >= 0 for one in ids):
            raise ValueError(f"phoneme_id_map.{phoneme} is {ids!r}")
