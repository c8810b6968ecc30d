"""Reads what somebody has said so far: is it a whole question, or will there be more?

The last words tell a little ("how do I clean the …"), all of them together more: "what is the
longest rinse" may end there, "what is the longest" hardly. The encoder's layers were taught it by
`tests/appliance/knowledge/teach_endings.py`, the first three left as they are.
"""

from __future__ import annotations

from pathlib import Path

from appliance.knowledge.meaning.adapted import AdaptedEncoder

ADAPTATION = Path(__file__).with_name("completeness.npz")
LONGEST = 30
"""Word pieces; the last ones of what is longer."""


class Completeness:
    """Tells whole questions from the beginnings of questions, in some 10 ms."""

    def __init__(self, adaptation: Path = ADAPTATION) -> None:
        """Read the weights (21 MB of memory).

        Raises:
            KnowledgeError: as `AdaptedEncoder`.
        """
        self._encoder = AdaptedEncoder(adaptation)

    def logit(self, words: str) -> float:
        """That somebody who has said this has finished; above 0 where it is likelier than not."""
        marks = self._encoder.pieces
        return self._encoder.logit([marks.begin, *marks.pieces(words)[-LONGEST:], marks.end])
