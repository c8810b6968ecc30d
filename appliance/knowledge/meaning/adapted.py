"""The encoder's layers, taught to say one thing of a text: how likely it is, as a logit.

What a file of this package adds to the layers' matrices (two thin factors each: LoRA, Hu et al.
2021), and the head that it reads their mean with, was learnt by `tests/appliance/knowledge`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from appliance.errors import KnowledgeError
from appliance.knowledge.meaning.layers import DIMENSIONS, mean_output
from appliance.knowledge.meaning.tokens import word_pieces
from appliance.knowledge.meaning.weights import DAMAGE, Array, encoder_weights


class AdaptedEncoder:
    """Texts to logits."""

    def __init__(self, adaptation: Path) -> None:
        """Read the weights; those that the file leaves as they are, are shared.

        Raises:
            KnowledgeError: KNOW-NO-ENCODER, KNOW-BAD-ENCODER or KNOW-BAD-ADAPTATION.
        """
        self.pieces = word_pieces()
        weights = encoder_weights()
        try:
            with adaptation.open("rb") as stream, np.load(stream) as own:
                self._weights = _adapted(weights, own)
                self._head = own["head"].astype("f4").reshape(DIMENSIONS)
                self._bias = float(own["bias"])
        except (*DAMAGE, BadZipFile, EOFError) as error:
            raise KnowledgeError(
                "KNOW-BAD-ADAPTATION",
                f"the weights {adaptation} cannot be used",
                f"they are damaged ({error})",
                "install the appliance again",
            ) from error

    def logit(self, first: Sequence[int], second: Sequence[int] = ()) -> float:
        """Of a text, or of two texts read together; both as numbers of pieces, marks included."""
        pieces = np.array([[*first, *second]])
        kinds = np.repeat([0, 1], [len(first), len(second)])
        return float(mean_output(self._weights, pieces, kinds)[0] @ self._head) + self._bias


def _adapted(weights: Mapping[str, Array], own: Mapping[str, Array]) -> dict[str, Array]:
    """What the file replaces, it replaces; to matrices it adds the product of two factors."""
    adapted = {name: own[name].astype("f4") if name in own else w for name, w in weights.items()}
    for name, matrix in weights.items():
        if f"{name}:up" in own:
            adapted[name] = matrix + own[f"{name}:up"].astype("f4") @ own[f"{name}:down"]
    return adapted
