"""What became of a turn, for people: a few lines, and a timeline with bars."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from appliance.reasons import REASONS, Outcome
from appliance.report import Entry

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
        print_timeline(console, entry.turn.timings_ms)
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
