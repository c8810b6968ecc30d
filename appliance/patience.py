"""The judge of endings (`appliance.endpointing`), asked about turns."""

from __future__ import annotations

from appliance.endpointing.judge import Judge, Pause
from appliance.endpointing.known import wholeness
from appliance.record import Turn
from audio.format import Utterance


class TurnJudge:
    """How long a silence must last to be the end of a question; implements the director's port."""

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge = judge or Judge()

    def patience_s(self, turn: Turn, utterance: Utterance) -> float:
        """By the sound alone, or by the turn's words too where they are known."""
        shortest_s = self._judge.settings.shortest_s
        sure = 1.0 if turn.is_order else _wholeness(turn)
        if sure == 1:
            return shortest_s
        pause = Pause(
            sound=utterance.samples,
            silence_s=utterance.ended_at_s - utterance.end_s,
            spoken_s=utterance.end_s - utterance.start_s,
            text=turn.transcript.text if turn.transcript else None,
            inner_pauses_s=utterance.pauses_s,
            is_question_complete=turn.transcript.ending if turn.transcript else None,
        )
        return shortest_s + (1 - sure) * (self._judge.patience_s(pause) - shortest_s)

    def heard_out(self, utterance: Utterance) -> None:
        """An utterance was heard to its end: learn how long this speaker pauses."""
        self._judge.learn(utterance.pauses_s)


def _wholeness(turn: Turn) -> float:
    """By the words; nothing is known before they are."""
    if turn.transcript is None or turn.complete is None:
        return 0.0
    return wholeness(turn.transcript.text, turn.transcript.ending, turn.complete)
