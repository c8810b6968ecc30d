"""What the conversation remembers: the last answer, as far as it was heard. Nothing is stored."""

from __future__ import annotations

from appliance.reasons import Outcome
from appliance.record import LastTurn, Turn

FORGOTTEN_S = 120.0
"""After so long a pause, nobody means the last answer any more."""


class Memory:
    """Owned by the director; one conversation long."""

    def __init__(self) -> None:
        self.last: LastTurn | None = None

    def remember(self, turn: Turn, now_s: float) -> None:
        """Take note of a turn that has ended; commands and mere noise don't count."""
        if turn.outcome in {Outcome.COMMAND, Outcome.NO_SPEECH, None} and turn.invited:
            return
        titles = {passage.source: passage.title for passage in turn.passages}
        self.last = LastTurn(
            question=turn.transcript.text if turn.transcript else "",
            heard=turn.heard_text(),
            titles=tuple(titles[s.source] for s in turn.sentences if s.source in titles),
            reason=turn.reason or "",
            ended_s=now_s,
            timings_ms=dict(turn.timings_ms),
            fallback=dict(turn.fallback),
        )

    def recent(self, now_s: float) -> LastTurn | None:
        """The last turn, unless it was too long ago to be meant."""
        if self.last is None or now_s - self.last.ended_s > FORGOTTEN_S:
            return None
        return self.last
