"""The live view: what a person reads off the terminal is what happens."""

from __future__ import annotations

import io

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from appliance.lights.patterns import PATTERNS
from appliance.lights.ports import Lights, Phase, phase_of
from appliance.record import Turn
from appliance.view.light import ViewLight
from appliance.view.model import PEAK_HOLD_S, Shown
from appliance.view.screen import screen
from audio.ears import Reading
from audio.format import FRAME_S, FRAME_SAMPLES, Frame
from states.state import State
from tests.appliance.replay import support
from tests.appliance.replay.support import THRESHOLDS, tone

SILENCE = np.zeros(FRAME_SAMPLES, np.int16)


def fresh(*, words: bool = False) -> Shown:
    return Shown("bundled", THRESHOLDS, 0.5, 0.35, words=words)


def hear(shown: Shown, *, level_db: float = 20.0, speech: float = 0.0, wake: float = 0.0) -> None:
    number = round(shown.stream_s / FRAME_S)
    frame = Frame(SILENCE, number, (number + 1) * FRAME_S)
    shown.read(Reading(frame, level_db, speech, {"hey jarvis": wake, "alexa": 0.0}))


def hear_for(shown: Shown, seconds: float, **what: float) -> None:
    for _ in range(round(seconds / FRAME_S)):
        hear(shown, **what)


def lines(shown: Shown, now_s: float = 0.0, width: int = 80, height: int = 23) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), color_system=None)
    with console.capture() as capture:
        console.print(screen(shown, now_s, width, height))
    return capture.get().splitlines()


def row(shown: Shown, name: str) -> str:
    """What stands beside a name; bars are one sign a cell."""
    return next(line[2:-2] for line in lines(shown) if line[2:].startswith(name))


def bar(shown: Shown, name: str) -> tuple[str, list[float]]:
    """The bar of a row, and where its marks stand (0..1)."""
    cells = row(shown, name)[13:-8]
    return cells, [at / len(cells) for at, sign in enumerate(cells) if sign == "┃"]


def coloured(shown: Shown, name: str) -> int:
    """How many cells of a row's bar are filled."""
    console = Console(
        width=80, height=23, file=io.StringIO(), color_system="256", force_terminal=True
    )
    segments = [s for line in console.render_lines(screen(shown, 0, 80, 23)) for s in line]
    at = next(i for i, s in enumerate(segments) if s.text.startswith(name))
    count = 0
    for segment in segments[at + 1 :]:
        if segment.text.startswith(("│", " ")):
            break
        if segment.style and segment.style.color and segment.style.color.name != "grey23":
            count += segment.text.count("━") + segment.text.count("╸")
    return count


@pytest.mark.parametrize("width", [60, 80, 81, 132, 200])
@pytest.mark.parametrize("height", [16, 23, 50])
def test_it_fits_the_terminal(width: int, height: int) -> None:
    shown = fresh(words=True)
    shown.turns.extend(support.turn(n, heard="漢字 " * 40) for n in range(8))
    shown.partial = "a very long question " * 20
    hear_for(shown, 20.0, level_db=70, speech=0.9, wake=0.9)
    drawn = lines(shown, width=width, height=height)
    assert len(drawn) <= height
    assert {cell_len(line) for line in drawn} == {width}


def test_a_classic_terminal_shows_everything() -> None:
    shown = fresh()
    shown.turns.extend([support.turn(1), support.turn(2)])
    text = "\n".join(lines(shown, height=23))
    for wanted in ("level", "speech", "hey jarvis", "alexa", "plays", "lately", "hears", "turns"):
        assert wanted in text
    for wanted in (
        "waiting for the end",
        "recognition",
        "retrieval",
        "first sound after   ",
        "1000 ms",
    ):
        assert wanted in text
    assert "  2  answered" in text
    assert "  1  answered" in text


def test_the_state_and_the_time_in_it_are_told() -> None:
    shown = fresh()
    shown.enter(State.FOLLOW_UP, 10.0)
    hear_for(shown, 83.0)
    head = lines(shown, now_s=12.5)[1]
    assert "FOLLOW-UP  2.5 s" in head
    assert "0:01:23" in head


def lamp(shown: Shown, now_s: float) -> tuple[str, tuple[int, ...]]:
    """The sign before the state, and its red, green and blue."""
    console = Console(width=80, file=io.StringIO(), color_system="truecolor", force_terminal=True)
    head = console.render_lines(screen(shown, now_s, 80, 23))[1]
    sign = next(segment for segment in head if segment.text.strip(" │"))
    assert sign.style
    assert sign.style.color
    return sign.text.strip(), tuple(sign.style.color.get_truecolor())


@pytest.mark.parametrize("state", State)
def test_the_light_has_the_colour_and_the_rhythm_of_the_led(state: State) -> None:
    shown, pattern = fresh(), PATTERNS[phase_of(state)]
    shown.enter(state, 10.0)
    for at_ms in range(25, pattern.period_ms + 50, 50):  # between its jumps
        sign, colour = lamp(shown, 10.0 + at_ms / 1000)
        level = pattern.level(at_ms)
        assert (sign == "●") is (level >= 0.05)
        brightest = max(range(3), key=lambda part: pattern.colour[part])
        assert colour[brightest] == pytest.approx(48 + (255 - 48) * level, abs=1)


def test_no_two_lights_look_alike() -> None:
    seen = {}
    for state in State:
        shown = fresh()
        shown.enter(state, 0.0)
        seen[state] = tuple(lamp(shown, tenth / 10) for tenth in range(40))
    assert len(set(seen.values())) == len(State)


def test_the_light_tells_that_an_alarm_rings_which_no_state_tells() -> None:
    shown = fresh()
    shown.enter(State.IDLE, 0.0)
    light: Lights = ViewLight(shown)
    light.show(Phase.RINGING)
    assert "RINGING · IDLE" in lines(shown)[1]
    assert {lamp(shown, at_s)[0] for at_s in (0.1, 0.35)} == {"●", "○"}, "on and off"
    light.show(Phase.IDLE)
    assert "RINGING" not in lines(shown)[1]
    light.show(Phase.RINGING)
    light.close()
    assert lamp(shown, 0.1)[0] == "○"


def test_the_level_is_as_long_as_it_is_loud_and_remembers_its_peak() -> None:
    shown = fresh()
    hear_for(shown, 0.5, level_db=30)
    hear(shown, level_db=82)
    hear_for(shown, 0.5, level_db=50)
    cells, marks = bar(shown, "level")
    assert coloured(shown, "level") + 1 == pytest.approx(len(cells) / 2, abs=1), "50 of 10 to 90 dB"
    assert marks == pytest.approx([0.25, 0.9], abs=0.03), "the room, and the peak"
    assert row(shown, "level").endswith("50 dB")
    hear_for(shown, PEAK_HOLD_S + 0.2, level_db=50)
    assert bar(shown, "level")[1] == pytest.approx([0.25, 0.5], abs=0.03), "the peak is forgotten"


def test_the_room_is_the_quietest_of_the_last_seconds() -> None:
    shown = fresh()
    hear_for(shown, 2.0, level_db=25)
    hear_for(shown, 3.0, level_db=60)
    assert shown.floor_db == 25
    hear_for(shown, 6.0, level_db=40)
    assert shown.floor_db == 40


def test_a_wake_phrase_is_shown_as_it_counts_beside_its_threshold() -> None:
    shown = fresh()
    hear(shown, wake=1.0)
    hear_for(shown, 8 * FRAME_S, wake=0.0)
    assert row(shown, "hey jarvis").endswith("0.00")
    hear_for(shown, 0.3, wake=0.8)
    assert row(shown, "hey jarvis").endswith("0.80")
    assert bar(shown, "hey jarvis")[1] == pytest.approx([0.4, 0.8], abs=0.03)
    assert row(shown, "alexa").endswith("0.00")


def test_a_spike_is_averaged_away_as_the_ears_do() -> None:
    shown = fresh()
    hear_for(shown, 0.3)
    hear(shown, wake=1.0)
    assert shown.wake["hey jarvis"].value == pytest.approx(1 / 8)


def test_speech_of_the_last_seconds_stands_out() -> None:
    shown = fresh()
    hear_for(shown, 4.0, level_db=30)
    hear_for(shown, 2.0, level_db=80, speech=0.9)
    columns = row(shown, "lately")[13:-8]
    loud = lines(shown)[-13:]
    assert columns.rstrip() == columns, "the latest is at the right"
    assert any("█" * 9 in line for line in loud)


def test_words_are_shown_only_when_asked_for() -> None:
    for words in (False, True):
        shown = fresh(words=words)
        shown.turns.append(support.turn())
        shown.partial = "what does the zebra"
        text = "\n".join(lines(shown, width=130))
        assert [word in text for word in ("zebra", "quagga")] == [words, words]
        assert ("4 words" in text) is not words
        assert ("6 words" in text) is not words


def test_a_long_partial_shows_its_end() -> None:
    shown = fresh(words=True)
    shown.partial = "so " * 50 + "how long does it last"
    assert "how long does it last”" in row(shown, "hears")


def test_a_new_question_begins_without_the_words_of_the_last() -> None:
    shown = fresh(words=True)
    shown.partial = "what does the zebra"
    shown.enter(State.LISTENING, 1.0)
    assert "zebra" not in row(shown, "hears")


def test_what_the_device_plays_is_shown_while_it_sounds() -> None:
    shown = fresh()
    hear_for(shown, 1.0)
    shown.play(tone(440, 0.5, 22_050), 22_050, 1.0)
    assert int(row(shown, "plays").split()[-2]) > 60
    hear_for(shown, 0.6)
    assert row(shown, "plays").endswith("—")


def waterfall(turn: Turn) -> dict[str, tuple[int, int]]:
    """Label → the cells at which its bar begins and ends."""
    shown = fresh()
    shown.turns.append(turn)
    found = {}
    for line in lines(shown):
        cells = line[2:-2]
        if "━" in cells[31:] and " ms " in cells:
            bar = cells[32:]
            found[cells[:22].strip()] = (bar.index("━"), bar.rindex("━") + 1)
    return found


def test_the_waterfall_is_to_scale_and_what_overlaps_overlaps() -> None:
    bars = waterfall(support.turn())
    room = bars["voice's first sound"][1]
    expected = {
        "waiting for the end": (0.0, 0.7),
        "recognition": (0.2, 0.5),
        "retrieval": (0.5, 0.6),
    }
    for label, (begins, ends) in expected.items():
        assert bars[label] == pytest.approx((begins * room, ends * room), abs=1.01), label


def test_a_turn_that_made_no_sound_is_listed_without_a_time() -> None:
    shown = fresh()
    silent = Turn(7, 0.0)
    silent.end("NO_SPEECH")
    shown.turns.append(silent)
    line = row(shown, "  7")
    assert "no_speech" in line
    assert line.endswith("—")
