"""The live view as it stands: a pure function of what is shown, the time and the space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from appliance.reasons import Outcome
from appliance.record import Turn
from appliance.view.bars import bar, columns
from appliance.view.light import lamp
from appliance.view.model import Meter, Shown
from appliance.view.stages import LABELS, first_sound_ms, landmarks, stages
from states.state import State

STATE_STYLES = {
    State.STARTING: "white",
    State.IDLE: "grey62",
    State.LISTENING: "dodger_blue1",
    State.THINKING: "orange1",
    State.SPEAKING: "spring_green3",
    State.FOLLOW_UP: "dark_turquoise",
    State.MUTED: "grey50",
    State.FAULT: "red1",
    State.SERVICING: "medium_purple1",
}
_LEVEL = ("green4", "green3", "green3", "chartreuse3", "yellow3", "gold1", "orange1", "red1")
_WAKE = ("medium_purple1", "turquoise2", "hot_pink", "khaki3")
_SPEECH, _PLAYED, _LIMIT, _PEAK, _FRAME = (
    "spring_green3",
    "sandy_brown",
    "grey82",
    "white",
    "grey37",
)
_STAGES = ("gold3", "dodger_blue1", "turquoise2", "medium_purple1", "spring_green3")
_STAGE_STYLES = dict(zip(LABELS, _STAGES, strict=True))
_OUTCOMES = {Outcome.ANSWERED: "green3", Outcome.COMMAND: "green3", Outcome.FAILED: "red1"}
_TRACE_OF_IT = 0.02  # a peak below it is none
_QUIET_DB, _FULL_DB = 10.0, 90.0
_NAME, _VALUE, _STAGE, _MS = 13, 8, 22, 9  # columns
_PAST_ROWS = 3
_LEAST_TURNS = 2


def screen(shown: Shown, now_s: float, width: int, height: int) -> RenderableType:
    """The whole view, `width` cells wide and at most `height` lines high."""
    cells = width - 4
    above: list[RenderableType] = [
        _head(shown, now_s, cells),
        *_meters(shown, cells),
        *_past(shown, cells),
    ]
    above += [_words(shown, cells), _rule("turns")]
    below = list(_waterfall(shown, cells))
    room = height - 2 - len(above) - len(below)
    turns = list(_turns(shown, cells))[: max(_LEAST_TURNS, room)]
    lines = [*above, *turns, *below]
    title = Text.assemble(("voice appliance", "bold white"), (f" · {shown.profile}", "grey62"))
    return Panel(
        Group(*lines[: height - 2]),
        box=box.ROUNDED,
        border_style=_FRAME,
        width=width,
        title=title,
        title_align="left",
    )


def _head(shown: Shown, now_s: float, cells: int) -> Text:
    style = STATE_STYLES[shown.state]
    minutes, seconds = divmod(int(shown.stream_s), 60)
    clock = f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    left = lamp(shown, now_s)
    left.append(shown.state.value.replace("_", "-").upper(), f"bold {style}")
    left.append(f"  {max(0.0, now_s - shown.since_s):.1f} s", "grey62")
    left.append(clock.rjust(cells - left.cell_len), "grey62")
    return left


def _meters(shown: Shown, cells: int) -> Iterator[Text]:
    level, speech = shown.level, shown.speech
    marks = {_loudness(shown.floor_db): "grey62", _loudness(level.peak): _PEAK}
    yield _row("level", _loudness(level.value), _LEVEL, marks, f"{level.value:.0f} dB", cells)
    marks = {shown.release: "grey62", shown.onset: _LIMIT}
    yield _row("speech", speech.value, [_SPEECH], marks, f"{speech.value:.2f}", cells)
    for number, (phrase, limit) in enumerate(shown.thresholds.items()):
        meter, style = shown.wake.get(phrase, Meter()), _WAKE[number % len(_WAKE)]
        marks = {meter.peak: style} if meter.peak > _TRACE_OF_IT else {}
        marks[limit] = _LIMIT
        yield _row(phrase, meter.value, [style], marks, f"{meter.value:.2f}", cells)
    played = shown.played_db
    told = f"{played:.0f} dB" if played else "—"
    yield _row("plays", _loudness(played), [_PLAYED], {}, told, cells)


def _row(
    name: str,
    share: float,
    styles: Sequence[str],
    marks: Mapping[float, str],
    value: str,
    cells: int,
) -> Text:
    line = Text(name[: _NAME - 1].ljust(_NAME), "grey70", no_wrap=True)
    line.append_text(bar(share, cells - _NAME - _VALUE, styles, marks))
    return line.append(value.rjust(_VALUE))


def _past(shown: Shown, cells: int) -> list[Text]:
    """The last seconds: how loud, and in colour where somebody spoke."""
    room = cells - _NAME - _VALUE
    steps = list(shown.past)[-room:]
    shares = [_loudness(step.loudest_db) for step in steps]
    colours = [_SPEECH if step.speech >= shown.onset else "grey42" for step in steps]
    names = ["" for _ in range(_PAST_ROWS - 1)] + ["lately"]
    lines = []
    for name, row in zip(names, columns(shares, colours, _PAST_ROWS), strict=True):
        line = Text(name.ljust(_NAME + room - len(steps)), "grey70", no_wrap=True)
        lines.append(line.append_text(row))
    return lines


def _words(shown: Shown, cells: int) -> Text:
    """What is being said, from its end; only how much it is where words are private."""
    line = Text("hears".ljust(_NAME), "grey70", no_wrap=True)
    if not shown.partial:
        return line.append("—", "grey42")
    if not shown.words:
        return line.append(_hidden(shown.partial))
    room = cells - _NAME - 2
    text = shown.partial if len(shown.partial) <= room else "…" + shown.partial[1 - room :]
    return line.append(f"“{text}”", "italic")


def _turns(shown: Shown, cells: int) -> Iterator[Text]:
    """The latest turns, the newest first."""
    if not shown.turns:
        yield Text("none yet: say the wake phrase, then ask", "grey42")
    for turn in reversed(shown.turns):
        sound_ms = first_sound_ms(turn.timings_ms)
        told = f"{sound_ms:.0f} ms" if sound_ms else "—"
        outcome = turn.outcome.value if turn.outcome else ""
        line = Text(f"{turn.id:>3}  ", "grey62", no_wrap=True)
        line.append(outcome.ljust(10), _OUTCOMES.get(turn.outcome, "yellow3"))  # type: ignore[arg-type]
        line.append((turn.reason or "").ljust(16), "grey62")
        line.append(_said(turn, words=shown.words))
        line.truncate(cells - _MS - 1, overflow="ellipsis", pad=True)
        yield line.append(told.rjust(_MS + 1), "bold")


def _said(turn: Turn, *, words: bool) -> str:
    heard = turn.transcript.text if turn.transcript else ""
    said = " ".join(turn.spoken)
    if words:
        return f"“{heard}” → “{said}”" if said else f"“{heard}”"
    return f"{_hidden(heard)} → {_hidden(said)}"


def _hidden(text: str) -> str:
    count = len(text.split())
    return f"{'•' * min(count, 5)} {count} {'word' if count == 1 else 'words'}".strip()


def _waterfall(shown: Shown, cells: int) -> Iterator[RenderableType]:
    """Where the time of the latest turn that made a sound went."""
    turn = next((turn for turn in reversed(shown.turns) if turn.stages), None)
    if turn is None:
        return
    bars, total_ms = stages(turn.stages, turn.asked_s), first_sound_ms(turn.timings_ms)
    longest_ms = max(1.0, total_ms or 0.0, *(stage.ends_ms for stage in bars))
    room = cells - _STAGE - _MS - 1
    yield _rule(f"turn {turn.id}, from the end of speech")
    for stage in bars:
        lead = min(room - 1, max(0, round(room * stage.begins_ms / longest_ms)))
        wide = max(1, round(room * stage.ends_ms / longest_ms) - lead)
        line = Text(stage.label.ljust(_STAGE), "grey70", no_wrap=True)
        line.append(f"{stage.lasts_ms:.0f} ms".rjust(_MS) + " " * (lead + 1))
        yield line.append("━" * min(wide, room - lead), _STAGE_STYLES[stage.name])
    for name, after_ms in landmarks(turn.timings_ms):
        line = Text(f"{name} after".ljust(_STAGE), "bold")
        yield line.append(f"{after_ms:.0f} ms".rjust(_MS))


def _rule(title: str) -> Rule:
    return Rule(Text(title, "grey62"), style=_FRAME, align="left")


def _loudness(level_db: float) -> float:
    return min(1.0, max(0.0, (level_db - _QUIET_DB) / (_FULL_DB - _QUIET_DB)))
