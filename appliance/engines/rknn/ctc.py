"""CTC, read greedily: the likeliest token of each frame, repeats and blanks taken out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from appliance.engines.asr_faults import failed
from appliance.engines.rknn.port import Floats

BLANK = 0


class Heard(NamedTuple):
    """One token and the probability (0..1) of the frame that it came from."""

    token: int
    probability: float


def greedy(logits: Floats) -> list[Heard]:
    """Tokens of logits [frames, vocabulary], in order.

    A token counts again only after a blank or another token; its probability is the highest of
    the frames that it spans.

    Raises:
        EngineError: `ENG-ASR-FAILED` where a frame's highest logit is no number.
    """
    best = logits.argmax(axis=1)
    if not np.isfinite(np.take_along_axis(logits, best[:, None], axis=1)).all():
        raise failed("the network's numbers overflowed: set `scale` to 0.5, or convert it anew")
    spoken = np.nonzero(best != BLANK)[0]
    probabilities = _probabilities(logits[spoken], best[spoken])
    heard: list[Heard] = []
    before = -2
    for frame, probability in zip(spoken.tolist(), probabilities.tolist(), strict=True):
        token = int(best[frame])
        if frame == before + 1 and heard[-1].token == token:
            heard[-1] = Heard(token, max(heard[-1].probability, probability))
        else:
            heard.append(Heard(token, probability))
        before = frame
    return heard


def _probabilities(rows: Floats, tokens: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    """The softmax of each row at its token, in 64 bits: the sum is over 25,055."""
    wide = rows.astype(np.float64)
    at_token = np.take_along_axis(wide, tokens[:, None], axis=1)
    shares: Floats = (1 / np.exp(wide - at_token).sum(axis=1)).astype(np.float32)
    return shares
