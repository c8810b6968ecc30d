"""A Whisper decoder on the CPU that remembers: each step reads one token, not all before it.

The graph is `decoder_model_merged.onnx` as Hugging Face's optimum exports it (published for every
size under onnx-community): one graph with two branches. The first reads the prompt and gives keys
and values of the sound ("encoder") and of the tokens so far ("decoder"); the second, with
`use_cache_branch`, takes these and adds one token's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from appliance.engines.asr_faults import bad_model, existing, failed
from appliance.engines.rknn.port import Floats
from audio.inference import cpu_session, onnxruntime, short

MODEL: Final = "decoder_model_merged.onnx"

_PAST, _PRESENT = "past_key_values", "present"
_TOKENS, _SOUND, _CACHED = "input_ids", "encoder_hidden_states", "use_cache_branch"


class CachedDecoder:
    """One sentence at a time: `begin`, then `step` for each token."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """Open the graph on that many threads.

        Raises:
            EngineError: `ENG-NO-MODEL`, or `ENG-BAD-MODEL` where it is no such graph.
        """
        self._session = _open(path, threads)
        inputs = self._session.get_inputs()
        past = {i.name: i.shape for i in inputs if i.name.startswith(_PAST)}
        if not past or {i.name for i in inputs} != {_TOKENS, _SOUND, _CACHED, *past}:
            named = ", ".join(i.name for i in inputs)
            raise bad_model(path, f"no decoder that remembers; its inputs are {named}")
        self._empty = {name: _empty(shape) for name, shape in past.items()}
        self._memory: dict[str, Any] = {}
        self._sound: Any = None

    def begin(self, sound: Floats, tokens: Sequence[int]) -> Floats:
        """Forget the sentence before and read the prompt.

        Args:
            sound: [1, positions, width], the encoder's output.
            tokens: of the prompt, one at least.

        Returns:
            Logits [tokens, vocabulary]: what may follow each of them.
        """
        self._sound = self._value(np.ascontiguousarray(sound, np.float32))
        self._memory = {name: self._value(empty) for name, empty in self._empty.items()}
        return self._run(tokens, cached=False)

    def step(self, token: int) -> Floats:
        """Logits [vocabulary] of what may follow `token`, which comes after all before it."""
        return self._run([token], cached=True)[-1]  # type: ignore[no-any-return]

    def _run(self, tokens: Sequence[int], *, cached: bool) -> Floats:
        given = {
            **self._memory,
            _TOKENS: self._value(np.array([tokens], np.int64)),
            _SOUND: self._sound,
            _CACHED: self._value(np.array([cached])),
        }
        # What is remembered of the sound stays; the second branch doesn't give it again.
        renewed = [name for name in self._empty if not cached or ".encoder." not in name]
        wanted = ["logits", *(name.replace(_PAST, _PRESENT) for name in renewed)]
        try:
            logits, *memory = self._session.run_with_ort_values(wanted, given)
        except Exception as error:  # onnxruntime raises a dozen unrelated types
            raise failed(f"the decoder failed: {short(error)}") from error
        self._memory |= zip(renewed, memory, strict=True)
        table: Floats = logits.numpy()[0]
        return table

    def _value(self, tensor: Any) -> Any:  # noqa: ANN401 - onnxruntime has no types
        """A tensor that onnxruntime takes without a copy."""
        return onnxruntime().OrtValue.ortvalue_from_numpy(tensor)


def _empty(shape: Sequence[int | str]) -> Floats:
    """No past: [1, heads, 0, width]; sizes that may vary have names."""
    _, heads, _, width = shape
    return np.zeros((1, int(heads), 0, int(width)), np.float32)


def _open(path: Path, threads: int) -> Any:  # noqa: ANN401 - onnxruntime has no types
    try:
        return cpu_session(str(existing(path)), threads)
    except ValueError as error:
        raise bad_model(path, str(error)) from error
