"""How long answers may be; under pressure they are shorter, and their record says why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Brevity:
    """Asked by turns, set by whoever knows of the pressure.

    Attributes:
        most: sentences of an answer, its source not counted; None: as many as there are.
        code: why, of `appliance.reasons.LAPSES`.
        smaller: whether a smaller model answers meanwhile.
    """

    most: int | None = None
    code: str = "HOT"
    smaller: bool = False

    def is_enough(self, sentences: int) -> bool:
        """Whether an answer of so many must end."""
        return self.most is not None and sentences >= self.most
