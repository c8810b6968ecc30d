"""What the models of this package ask of an NPU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Array: TypeAlias = NDArray[Any]


class Graph(Protocol):
    """A network of fixed shapes, loaded and ready. `session.RknnSession` is the real one."""

    def run(self, inputs: Sequence[Array]) -> list[Array]:
        """All outputs; they may be overwritten by the next run.

        Raises:
            EngineError: it failed; the next run may work.
        """
