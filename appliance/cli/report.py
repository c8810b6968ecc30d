"""What became of a turn, for people: a few lines, and a timeline with bars."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from appliance.reasons import REASONS, Outcome
from appliance.report import Entry, stages_ms
from appliance.turn import Turn

BAR_CELLS = 44
STAGES = {
    "endpoint": ("waiting for the end", "yellow"),
    "asr": ("recognition", "cyan"),
    "retrieve": ("retrieval", "blue"),
    "first_token": ("answer's first words", "magenta"),
    "tts_first_chunk": ("voice's first sound", "green"),
}
"""The stages between the end of speech and the first sound, in order, with their colours."""


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
    if entry.audio:
        yield f"  sound   {escape(str(entry.audio))}  [dim]{turn.heard_s:.1f} s[/]"


def print_timeline(console: Console, turn: Turn) -> None:
    """A waterfall from the end of speech to the first sound, a bar a stage, each in its place."""
    total_ms = turn.timings_ms.get("first_sound")
    if not total_ms:
        return
    stages = {name: span for name, span in stages_ms(turn).items() if name in STAGES}
    scale = BAR_CELLS / max(total_ms, *(end for _, end in stages.values()))
    for name, (began_ms, ended_ms) in sorted(stages.items(), key=lambda item: item[1]):
        label, colour = STAGES[name]
        lead = max(0, min(round(began_ms * scale), BAR_CELLS - 1))
        bar = f"{' ' * lead}[{colour}]{'━' * max(1, round(ended_ms * scale) - lead)}[/]"
        took_ms = ended_ms - began_ms
        console.print(f"  [dim]{label:>20}[/] {took_ms:6.0f} ms {bar}", highlight=False)
    console.print(f"  [dim]{'first sound after':>20}[/] {total_ms:6.0f} ms", highlight=False)
