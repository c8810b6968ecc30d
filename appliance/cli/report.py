"""What became of the turns: one JSON document for machines, a timeline with bars for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.markup import escape

from appliance.errors import ApplianceError
from appliance.reasons import REASONS, Outcome
from appliance.turn import Turn
from audio.errors import AudioError

BAR_CELLS = 44
STAGES = {
    "endpoint": ("waiting for the end", "yellow"),
    "asr": ("recognition", "cyan"),
    "retrieve": ("retrieval", "blue"),
    "first_token": ("answer's first words", "magenta"),
    "tts_first_chunk": ("voice's first sound", "green"),
}
"""The stages between the end of speech and the first sound, in order, with their colours."""


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
    }
    error = entry.error or (turn.error if turn else None)
    if error is not None:
        parts = {"what": error.what, "cause": error.cause, "remedy": error.remedy}
        document["error"] = {"code": error.code, **parts}
    return document


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


def print_entry(console: Console, entry: Entry) -> None:
    """One turn for a person: what was asked, what was said, where it stands, how long it took."""
    turn = entry.turn
    if turn is None or turn.outcome is None:
        meaning = REASONS[entry.reason].meaning
        console.print(f"[bold]{escape(entry.name)}[/]  [yellow]{meaning}[/]")
        return
    colour = {Outcome.ANSWERED: "green", Outcome.FAILED: "red"}.get(turn.outcome, "yellow")
    woken = f"  woken by “{turn.wake.phrase}” {turn.wake.score:.2f}" if turn.wake else ""
    head = f"[bold]{escape(entry.name)}[/]  [{colour}]{turn.outcome.value}[/]"
    console.print(f"{head}[dim]{woken}[/]")
    if turn.transcript:
        console.print(f"  heard   {escape(turn.transcript.text) or '[dim]no words[/]'}")
    console.print(f"  said    {escape(' '.join(turn.spoken)) or '[dim]nothing[/]'}")
    if turn.sentences:
        sources = dict.fromkeys(sentence.source for sentence in turn.sentences)
        console.print(f"  source  {escape(', '.join(sources))}")
    if turn.reason not in {None, "OK"}:
        console.print(f"  why     {turn.reason}: {REASONS[str(turn.reason)].meaning}")
    if entry.audio:
        console.print(f"  sound   {escape(str(entry.audio))}  [dim]{turn.heard_s:.1f} s[/]")
    print_timeline(console, turn.timings_ms)
    console.print()


def print_timeline(console: Console, timings_ms: dict[str, float]) -> None:
    """A waterfall from the end of speech to the first sound, a bar a stage."""
    total_ms = timings_ms.get("first_audio")
    if not total_ms:
        return
    began_ms = 0.0
    for name, (label, colour) in STAGES.items():
        if name not in timings_ms:
            continue
        lead = round(BAR_CELLS * began_ms / total_ms)
        cells = max(1, round(BAR_CELLS * timings_ms[name] / total_ms))
        bar = f"{' ' * min(lead, BAR_CELLS - 1)}[{colour}]{'━' * cells}[/]"
        console.print(f"  [dim]{label:>20}[/] {timings_ms[name]:6.0f} ms {bar}", highlight=False)
        began_ms += timings_ms[name]
    console.print(f"  [dim]{'first sound after':>20}[/] {total_ms:6.0f} ms", highlight=False)
