"""Lights: what a person sees, what the kernel is told, and what happens when the LED goes away."""

from __future__ import annotations

import asyncio
import io
import itertools
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from appliance import clock
from appliance.errors import ApplianceError, ConfigError
from appliance.lights.choose import choose_lights, lights_beside
from appliance.lights.fakes import NoLights, RecordingLights
from appliance.lights.patterns import PATTERNS, Pattern
from appliance.lights.ports import Lights, Phase, Together, phase_of
from appliance.lights.sysfs import SysfsLights
from appliance.lights.terminal import TerminalLights
from states.state import State

TRIGGERS = "[none] mmc0 timer heartbeat pattern\n"
WITHOUT_PATTERN = "[none] mmc0 timer\n"


def simulated(scene: Coroutine[Any, Any, None]) -> None:
    clock.run(scene, realtime=False)


class Led:
    """A LED of a fake sysfs: plain files, which take what the kernel's would take."""

    def __init__(self, root: Path, name: str = "status", full: int = 255) -> None:
        self.path = root / name
        self.path.mkdir(parents=True)
        self.give("max_brightness", f"{full}\n")
        self.give("brightness", "0\n")

    def give(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)

    def __getitem__(self, name: str) -> str:
        return (self.path / name).read_text().strip()


@pytest.fixture
def led(tmp_path: Path) -> Led:
    return Led(tmp_path)


# -- the phases -----------------------------------------------------------------------------


def test_every_state_has_a_phase_and_every_phase_a_pattern() -> None:
    for state in State:
        assert phase_of(state).value == state.value
    assert set(PATTERNS) == set(Phase)


def test_the_page_has_every_phase() -> None:
    page = (Path(__file__).parents[3] / "docs" / "earcons.md").read_text(encoding="utf-8")
    for phase in Phase:
        assert f"| `{phase.value}` |" in page


def test_ringing_hides_nothing_that_can_only_be_seen() -> None:
    assert phase_of(State.IDLE, ringing=True) is Phase.RINGING
    for state in set(State) - {State.IDLE}:
        assert phase_of(state, ringing=True) is phase_of(state)


def test_phases_can_be_told_apart_without_colours() -> None:
    """By rhythm, over six seconds; on a LED that is only on or off, too."""

    def seen(pattern: Pattern) -> tuple[int, ...]:
        return tuple(round(pattern.level(ms) * 4) for ms in range(0, 6000, 50))

    for one, other in itertools.combinations(Phase, 2):
        assert seen(PATTERNS[one]) != seen(PATTERNS[other]), (one, other)
        assert seen(PATTERNS[one].on_off()) != seen(PATTERNS[other].on_off()), (one, other)


def test_a_led_that_is_on_or_off_is_never_in_between() -> None:
    for pattern in PATTERNS.values():
        assert {pattern.on_off().level(ms) for ms in range(0, 8000, 10)} <= {0.0, 1.0}
        assert pattern.on_off().period_ms == pattern.period_ms


def test_only_idle_is_dark_and_costs_nothing() -> None:
    for phase, pattern in PATTERNS.items():
        brightest = max(pattern.level(ms) for ms in range(0, 4000, 50))
        assert (brightest == 0) == (phase is Phase.IDLE)
    assert PATTERNS[Phase.IDLE].period_ms == 0


def test_no_phase_flashes_fast_enough_to_harm() -> None:
    """WCAG 2.3.1: no more than three flashes in any second."""
    for pattern in [form for one in PATTERNS.values() for form in (one, one.on_off())]:
        levels = [pattern.level(ms) > 0.5 for ms in range(0, 8000, 10)]
        rises = [n for n, (a, b) in enumerate(itertools.pairwise(levels)) if b and not a]
        for first, fourth in zip(rises, rises[3:], strict=False):
            assert fourth - first >= 100


@given(st.sampled_from(Phase), st.floats(0, 1e7))
def test_a_level_is_always_one(phase: Phase, at_ms: float) -> None:
    pattern = PATTERNS[phase]
    assert 0 <= pattern.level(at_ms) <= 1
    assert pattern.level(at_ms + pattern.period_ms) == pytest.approx(pattern.level(at_ms), abs=0.1)


# -- a LED of Linux's LED class ---------------------------------------------------------------


def test_the_kernel_animates_where_it_can(led: Led, tmp_path: Path) -> None:
    led.give("trigger", TRIGGERS)
    led.give("pattern", "")
    lights = SysfsLights("status", tmp_path)
    lights.show(Phase.STARTING)  # without a loop: nothing runs in Python
    assert led["trigger"] == "pattern"
    assert led["pattern"] == "13 1500 153 1500"
    lights.show(Phase.FAULT)
    assert led["pattern"] == "255 150 255 0 0 150 0 0 255 150 255 0 0 1550 0 0"
    lights.show(Phase.LISTENING)
    assert led["trigger"] == "none"
    assert led["brightness"] == "255"
    lights.close()
    assert led["brightness"] == "0"
    lights.close()


def test_elsewhere_the_loop_animates_at_a_bounded_rate(led: Led, tmp_path: Path) -> None:
    led.give("trigger", WITHOUT_PATTERN)

    async def scene() -> None:
        lights = SysfsLights("status", tmp_path)
        lights.show(Phase.SERVICING)
        seen = []
        for _ in range(8):
            await asyncio.sleep(0.5)
            seen.append(led["brightness"])
        assert seen[::2] == ["153", "0", "153", "0"]
        await asyncio.sleep(0.3)
        led.give("brightness", "untouched")
        await asyncio.sleep(0.3)  # nothing moves
        assert led["brightness"] == "untouched"
        lights.show(Phase.IDLE)
        assert led["brightness"] == "0"
        assert not (led.path / "pattern").exists()
        led.give("brightness", "untouched")
        await asyncio.sleep(5)
        assert led["brightness"] == "untouched"
        lights.show(Phase.STARTING)
        led.give("brightness", "untouched")
        await asyncio.sleep(0.04)
        assert led["brightness"] == "untouched"
        await asyncio.sleep(0.02)
        assert led["brightness"] != "untouched"
        lights.close()
        assert led["brightness"] == "0"

    simulated(scene())


def test_a_steady_light_is_written_once(led: Led, tmp_path: Path) -> None:
    lights = SysfsLights("status", tmp_path)
    lights.show(Phase.LISTENING)
    led.give("brightness", "untouched")
    lights.show(Phase.LISTENING)
    assert led["brightness"] == "untouched"


def test_colours_in_the_order_of_the_led(led: Led, tmp_path: Path) -> None:
    led.give("multi_index", "green blue red white\n")
    led.give("multi_intensity", "0 0 0 0\n")
    lights = SysfsLights("status", tmp_path)
    lights.show(Phase.LISTENING)
    assert led["multi_intensity"] == "204 255 0 0"
    assert led["brightness"] == "255"


def test_a_led_that_is_only_on_or_off(tmp_path: Path) -> None:
    led = Led(tmp_path, "work", full=1)
    led.give("trigger", TRIGGERS)
    led.give("pattern", "")
    lights = SysfsLights("work", tmp_path)
    lights.show(Phase.MUTED)  # 40 % of 1 is still on
    assert led["pattern"] == "1 3800 1 0 0 200 0 0"
    lights.show(Phase.THINKING)  # where others breathe
    assert led["pattern"] == "0 350 0 0 1 350 1 0"


def test_an_unknown_led_lists_what_there_is(tmp_path: Path) -> None:
    Led(tmp_path, "green:power")
    Led(tmp_path, "blue:work")
    with pytest.raises(ApplianceError) as caught:
        SysfsLights("red", tmp_path)
    assert caught.value.code == "LIGHT-NO-LED"
    assert "blue:work, green:power" in caught.value.cause
    with pytest.raises(ApplianceError, match="none"):
        SysfsLights("red", tmp_path / "nowhere")


@pytest.fixture
def denied() -> Path:
    """A read-only file of the real sysfs refuses even root."""
    path = Path("/sys/kernel/uevent_seqnum")
    if not path.exists():
        pytest.skip("needs /sys")
    return path


def test_patterns_that_only_root_may_write(led: Led, tmp_path: Path, denied: Path) -> None:
    led.give("trigger", TRIGGERS)
    (led.path / "pattern").symlink_to(denied)

    async def scene() -> None:
        lost: list[ApplianceError] = []
        lights = SysfsLights("status", tmp_path, lost.append)
        for phase in (Phase.SERVICING, Phase.RINGING):
            lights.show(phase)
            await asyncio.sleep(0.1)
            assert led["trigger"] == "none"
            assert led["brightness"] != "0"  # the loop does it
        lights.close()
        assert lost == []

    simulated(scene())


def test_a_led_of_somebody_else(led: Led, tmp_path: Path, denied: Path) -> None:
    (led.path / "brightness").unlink()
    (led.path / "brightness").symlink_to(denied)
    with pytest.raises(ApplianceError) as caught:
        SysfsLights("status", tmp_path)
    assert caught.value.code == "LIGHT-PERMISSION"
    assert "udev" in caught.value.remedy


def test_a_led_that_vanishes_is_reported_once_and_tried_again(led: Led, tmp_path: Path) -> None:
    lost: list[ApplianceError] = []
    lights = SysfsLights("status", tmp_path, lost.append)
    lights.show(Phase.LISTENING)
    shutil.rmtree(led.path)
    for phase in (Phase.THINKING, Phase.SPEAKING, Phase.IDLE):
        lights.show(phase)
    assert [error.code for error in lost] == ["LIGHT-LOST"]
    led = Led(tmp_path)
    lights.show(Phase.IDLE)
    lights.show(Phase.LISTENING)
    assert led["brightness"] == "255"
    shutil.rmtree(led.path)
    lights.close()
    assert len(lost) == 2


def test_a_led_that_vanishes_during_an_animation(led: Led, tmp_path: Path) -> None:
    async def scene() -> None:
        lost: list[ApplianceError] = []
        lights = SysfsLights("status", tmp_path, lost.append)
        lights.show(Phase.THINKING)
        await asyncio.sleep(0.3)
        assert led["brightness"] != "0"
        shutil.rmtree(led.path)
        await asyncio.sleep(5)
        assert [error.code for error in lost] == ["LIGHT-LOST"]
        again = Led(tmp_path)
        await asyncio.sleep(5)
        assert again["brightness"] == "0"  # nobody animates any more
        lights.close()

    simulated(scene())


def test_nonsense_in_sysfs_is_no_reason_to_stop(led: Led, tmp_path: Path) -> None:
    for name in ("max_brightness", "trigger"):
        (led.path / name).write_bytes(b"\xff\x00?\n")
    lost: list[ApplianceError] = []
    lights = SysfsLights("status", tmp_path, lost.append)
    lights.show(Phase.THINKING)
    assert [error.code for error in lost] == ["LIGHT-LOST"]
    lights.close()


# -- the others ---------------------------------------------------------------------------------


def test_on_a_terminal_each_phase_is_a_line() -> None:
    out = io.StringIO()
    lights = TerminalLights(Console(file=out, force_terminal=True, color_system="truecolor"))
    for phase in (Phase.IDLE, Phase.LISTENING, Phase.LISTENING, Phase.FOLLOW_UP):
        lights.show(phase)
    lights.close()
    lines = out.getvalue().splitlines()
    assert [line.rsplit(maxsplit=1)[-1] for line in lines] == ["idle", "listening", "follow-up"]
    assert "○" in lines[0]
    assert "38;2;0;204;255m●" in lines[1]


def test_piped_the_terminal_is_silent() -> None:
    out = io.StringIO()
    TerminalLights(Console(file=out)).show(Phase.LISTENING)
    assert out.getvalue() == ""


def test_the_fake_remembers() -> None:
    fake = RecordingLights()
    lights: Lights = fake
    lights.show(Phase.IDLE)
    lights.close()
    assert (fake.shown, fake.closed) == ([Phase.IDLE], True)
    with pytest.raises(RuntimeError):
        lights.show(Phase.IDLE)


def test_lights_by_name(led: Led, tmp_path: Path) -> None:
    assert isinstance(choose_lights("none", tmp_path), NoLights)
    assert isinstance(choose_lights("terminal", tmp_path), TerminalLights)
    assert isinstance(choose_lights("sysfs:status", tmp_path), SysfsLights)
    with pytest.raises(ApplianceError) as missing:
        choose_lights("sysfs:nothing", tmp_path)
    assert missing.value.code == "LIGHT-NO-LED"
    for name in ("disco", "sysfs:", "sysfs", "sysfs:../secret", "sysfs:..", ""):
        with pytest.raises(ConfigError) as caught:
            choose_lights(name, tmp_path)
        assert caught.value.code == "CFG-LIGHTS"
        assert "none, terminal, sysfs:status" in caught.value.remedy


# -- a light that somebody watches ----------------------------------------------------------


def test_a_light_in_a_view_shows_what_the_led_shows(led: Led) -> None:
    async def scene() -> None:
        watched = RecordingLights()
        lights = Together(SysfsLights(led.path.name, led.path.parent), watched)
        lights.show(Phase.LISTENING)
        assert (led["brightness"], watched.shown) == ("255", [Phase.LISTENING])
        lights.close()
        assert (led["brightness"], watched.closed) == ("0", True)

    simulated(scene())


def test_a_light_in_a_view_spares_the_terminal_the_lines() -> None:
    watched = RecordingLights()
    assert lights_beside(watched, "terminal") is watched
    assert isinstance(lights_beside(None, "terminal"), TerminalLights)
    lights_beside(watched, "none").show(Phase.FAULT)
    assert watched.shown == [Phase.FAULT]
    with pytest.raises(ConfigError, match="no lights called `disco`"):
        lights_beside(watched, "disco")
