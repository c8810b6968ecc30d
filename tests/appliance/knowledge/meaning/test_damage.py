"""A pack whose vectors are damaged is refused, rather than compared with."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.knowledge.meaning.index import MeaningIndex
from appliance.knowledge.meaning.kinship import Kinship
from appliance.knowledge.meaning.layers import DIMENSIONS


@pytest.mark.parametrize("rubbish", [np.inf, np.nan])
def test_vectors_that_are_no_numbers_are_refused(rubbish: float) -> None:
    damaged = np.zeros(DIMENSIONS, np.float16)
    damaged[7] = rubbish
    with pytest.raises(ValueError, match="no numbers"):
        Kinship(["kettle"], damaged.tobytes())
    with pytest.raises(ValueError, match="no numbers"):
        MeaningIndex({1: damaged.tobytes()})


def test_each_word_has_a_vector() -> None:
    with pytest.raises(ValueError, match="without a vector"):
        Kinship(["kettle", "lid"], np.zeros(DIMENSIONS, np.float16).tobytes())
