"""What became of a turn, for people: a few lines, and a timeline with bars."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from appliance.reasons import LAPSES, REASONS, Outcome
from appliance.report import Entry
from appliance.turn import Turn
from appliance.view.stages import landmarks, stages

BAR_CELLS = 44
COLOURS = {
    "endpoint": "yellow",
    "asr": "cyan",
    "retrieve": "blue",
    "first_token": "magenta",
    "tts_first_chunk": "green",
}


def print_entry(console: Console, entry: Entry) -> None:
    """One turn for a person: what was asked, what was said, where it stands, how long it took."""
    for line in _lines(entry):
        console.print(line, soft_wrap=True)
    if entry.turn is not None:
        print_timeline(console, entry.turn)
    console.print()


def _lines(entry: Entry) -> Iterator[str]:
    turn = entry.turn
    if turn is None or turn.outcome is None:
        yield f"[bold]{escape(entry.name)}[/]  [yellow]{REASONS[entry.reason].meaning}[/]"
        return
    colour = {Outcome.ANSWERED: "green", Outcome.FAILED: "red"}.get(turn.outcome, "yellow")
    woken = f"  woken by “{turn.wake.phrase}” {turn.wake.score:.2f}" if turn.wake else ""
    head = f"[bold]{escape(entry.name)}[/]  [{colour}]{turn.outcome.value}[/]"
    yield f"{head}[dim]{woken}[/]"
    if turn.transcript:
        yield f"  heard   {escape(turn.transcript.text) or '[dim]no words[/]'}"
    yield f"  said    {escape(' '.join(turn.spoken)) or '[dim]nothing[/]'}"
    if turn.sentences:
        sources = dict.fromkeys(sentence.source for sentence in turn.sentences)
        yield f"  source  {escape(', '.join(sources))}"
    if turn.reason not in {None, "OK"}:
        yield f"  why     {turn.reason}: {REASONS[str(turn.reason)].meaning}"
    for part, code in turn.fallback.items():
        yield f"  spare   {part}: {LAPSES[code]} ({code})"
    if entry.audio:
        yield f"  sound   {escape(str(entry.audio))}  [dim]{turn.heard_s:.1f} s[/]"


def print_timeline(console: Console, turn: Turn) -> None:
    """A waterfall from the end of speech to the first sound, a bar a stage, each in its place."""
    marks = landmarks(turn.timings_ms)
    if not marks:
        return
    bars = sorted(stages(turn.stages, turn.asked_s), key=lambda stage: stage.begins_ms)
    scale = BAR_CELLS / max(marks[-1][1], *(stage.ends_ms for stage in bars), 1.0)
    for stage in bars:
        lead = max(0, min(round(stage.begins_ms * scale), BAR_CELLS - 1))
        cells = max(1, round(stage.ends_ms * scale) - lead)
        bar = f"{' ' * lead}[{COLOURS[stage.name]}]{'━' * cells}[/]"
        line = f"  [dim]{stage.label:>20}[/] {stage.lasts_ms:6.0f} ms {bar}"
        console.print(line, highlight=False)
    for name, after_ms in marks:
        console.print(f"  [dim]{name + ' after':>20}[/] {after_ms:6.0f} ms", highlight=False)
