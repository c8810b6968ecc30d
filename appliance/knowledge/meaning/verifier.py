"""Reads a question together with a passage: is the one answered by the other?

The encoder compares two texts that it has read apart: "how much honey may a baby have" and "how
much honey does a hive give" look alike to it. The verifier reads both at once, by the same layers;
what `verifier.npz` adds to their matrices (two thin factors each: LoRA, Hu et al. 2021) was learnt
by `tests/appliance/knowledge/teach.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from appliance.errors import KnowledgeError
from appliance.knowledge.meaning.layers import DIMENSIONS, mean_output
from appliance.knowledge.meaning.tokens import WordPieces
from appliance.knowledge.meaning.weights import DAMAGE, Array, map_weights, model_folder

ADAPTATION = Path(__file__).with_name("verifier.npz")
LONGEST, LONGEST_QUESTION = 112, 40
"""Word pieces of the pair and of the question; it was taught with these."""


class Verifier:
    """Weighs passages as answers to a question."""

    def __init__(self, adaptation: Path = ADAPTATION) -> None:
        """Read the weights (44 MB of memory).

        Raises:
            KnowledgeError: KNOW-NO-ENCODER, KNOW-BAD-ENCODER or KNOW-BAD-VERIFIER.
        """
        folder = model_folder()
        self._pieces = WordPieces(folder / "vocab.txt")
        weights = map_weights(folder / "model.safetensors")
        try:
            with adaptation.open("rb") as stream, np.load(stream) as own:
                self._weights = _adapted(weights, own)
                self._head = own["head"].astype("f4").reshape(DIMENSIONS)
                self._bias = float(own["bias"])
        except (*DAMAGE, BadZipFile, EOFError) as error:
            raise KnowledgeError(
                "KNOW-BAD-VERIFIER",
                f"the verifier {adaptation} cannot be used",
                f"it is damaged ({error})",
                "install the appliance again",
            ) from error

    def weigh(self, question: str, passages: Sequence[str]) -> list[float]:
        """For each passage (its heading before it) the logit that it answers the question."""
        marks = self._pieces
        asked = [marks.begin, *marks.pieces(question)[:LONGEST_QUESTION], marks.end]
        room = LONGEST - len(asked) - 1
        return [
            self._logit(asked, [*marks.pieces(passage)[:room], marks.end]) for passage in passages
        ]

    def _logit(self, asked: Sequence[int], read: Sequence[int]) -> float:
        pieces = np.array([[*asked, *read]])
        kinds = np.repeat([0, 1], [len(asked), len(read)])
        return float(mean_output(self._weights, pieces, kinds)[0] @ self._head) + self._bias


def _adapted(weights: Mapping[str, Array], own: Mapping[str, Array]) -> dict[str, Array]:
    """What the file replaces, it replaces; to matrices it adds the product of two factors."""
    adapted = {name: own[name].astype("f4") if name in own else w for name, w in weights.items()}
    for name, matrix in weights.items():
        if f"{name}:up" in own:
            adapted[name] = matrix + own[f"{name}:up"].astype("f4") @ own[f"{name}:down"]
    return adapted
