"""What of a turn is kept: how long, how sure, how it ended; words only where they are wanted."""

from __future__ import annotations

from typing import Any

from appliance.record import Turn
from appliance.report import stages_ms

MOST_STATES = 16
"""Of a turn; longer ones are cut at the beginning."""
MOST_SCORES = 5


def figures_of(turn: Turn) -> dict[str, Any]:
    """Numbers and labels of a turn; nothing that was said, asked or read."""
    said, wake = turn.utterance, turn.wake
    figures: dict[str, Any] = {
        "turn": turn.id,
        "outcome": turn.outcome.value if turn.outcome else None,
        "wake": wake and {"phrase": wake.phrase.replace(" ", "_"), "score": wake.score},
        "speech_s": said and said.end_s - said.start_s,
        "cut_off": said.truncated if said else None,
        "confidence": turn.transcript.confidence if turn.transcript else None,
        "scores": [passage.score for passage in turn.passages[:MOST_SCORES]],
        "sentences": len(turn.sentences),
        "audio_s": turn.audio_s,
        "heard_s": turn.heard_s,
        "timings_ms": dict(turn.timings_ms),
        "stages_ms": {name: list(span) for name, span in stages_ms(turn).items()},
        "states": [list(entered) for entered in turn.states[-MOST_STATES:]],
        "fallback": dict(turn.fallback),
        "error": turn.error.code if turn.error else None,
    }
    return {key: value for key, value in figures.items() if value not in (None, {}, [])}


def words_of(turn: Turn) -> dict[str, str]:
    """What was heard and said, and from where; for an owner who wants it kept."""
    words = {
        "heard": turn.transcript.text if turn.transcript else "",
        "said": " ".join(turn.spoken),
        "sources": " ".join(dict.fromkeys(sentence.source for sentence in turn.sentences)),
    }
    return {key: text for key, text in words.items() if text}
