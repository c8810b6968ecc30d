"""What became of the turns, as one JSON document (DESIGN §6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from appliance.errors import ApplianceError
from appliance.reasons import REASONS
from appliance.turn import Turn
from audio.errors import AudioError


class Entry(NamedTuple):
    """One line of the report: a turn, or an input that could not become one."""

    name: str
    turn: Turn | None = None
    audio: Path | None = None
    error: ApplianceError | AudioError | None = None
    reason: str = "OK"


def as_json(profile: str, entries: list[Entry]) -> dict[str, Any]:
    """The document of `appliance ask --json` (DESIGN §6)."""
    return {"profile": profile, "turns": [_entry_json(entry) for entry in entries]}


def _entry_json(entry: Entry) -> dict[str, Any]:
    turn = entry.turn
    reason = turn.reason if turn and turn.reason else entry.reason
    document: dict[str, Any] = {
        "wav": entry.name,
        "turn_id": turn.id if turn else None,
        "outcome": (turn.outcome if turn and turn.outcome else REASONS[reason].outcome).value,
        "reason": reason,
        **(_heard_json(turn) if turn else _NOTHING_HEARD),
        "audio": str(entry.audio) if entry.audio else None,
        "audio_s": round(turn.audio_s, 3) if turn else 0.0,
        "heard_s": round(turn.heard_s, 3) if turn else 0.0,
        "states": [[name, round(at_s, 3)] for name, at_s in turn.states] if turn else [],
        "timings_ms": turn.timings_ms if turn else {},
        "fallback": turn.fallback if turn else {},
        "stages_ms": stages_ms(turn) if turn else {},
    }
    error = entry.error or (turn.error if turn else None)
    if error is not None:
        parts = {"what": error.what, "cause": error.cause, "remedy": error.remedy}
        document["error"] = {"code": error.code, **parts}
    return document


def stages_ms(turn: Turn) -> dict[str, tuple[float, float]]:
    """When each stage began and ended, counted from the true end of speech."""
    return {
        name: (round((began_s - turn.asked_s) * 1000, 1), round((ended_s - turn.asked_s) * 1000, 1))
        for name, (began_s, ended_s) in turn.stages.items()
    }


_NOTHING_HEARD: dict[str, Any] = {
    "wake": None,
    "speech": None,
    "transcript": "",
    "passages": [],
    "answer": "",
    "sources": [],
}


def _heard_json(turn: Turn) -> dict[str, Any]:
    wake, said = turn.wake, turn.utterance
    return {
        "wake": wake and {"phrase": wake.phrase, "score": _3(wake.score), "at_s": _3(wake.at_s)},
        "speech": said and {"start_s": _3(said.start_s), "end_s": _3(said.end_s)},
        "transcript": turn.transcript.text if turn.transcript else "",
        "passages": [
            {"source": p.source, "score": _3(p.score), "text": p.text} for p in turn.passages
        ],
        "answer": " ".join(sentence.text for sentence in turn.sentences),
        "sources": list(dict.fromkeys(sentence.source for sentence in turn.sentences)),
    }


def _3(number: float) -> float:
    return round(number, 3)
