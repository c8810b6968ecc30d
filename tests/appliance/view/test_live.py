"""The live view keeps to its pace, and where there is no terminal it prints lines."""

from __future__ import annotations

import asyncio
import io

import pytest
from rich.console import Console

from appliance import clock
from appliance.observer import Observer
from appliance.view.live import LiveView, PlainView
from appliance.view.model import Shown
from states.state import State
from tests.appliance.replay import support
from tests.appliance.replay.support import THRESHOLDS, reading


def watched(seconds: float) -> tuple[str, int]:
    """What a terminal gets in so many seconds of frames; how many timers are left."""
    file = io.StringIO()
    console = Console(file=file, width=80, height=24, force_terminal=True, color_system=None)

    async def whole() -> int:
        shown = Shown("bundled", THRESHOLDS, 0.5, 0.35)
        with LiveView(console, shown) as view:
            view.state(State.LISTENING, 0.0)
            for number in range(round(seconds / 0.032)):
                view.reading(reading(number))
                await asyncio.sleep(0.032)
            view.turn(support.turn())
        timers: list[asyncio.TimerHandle] = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]
        return len([timer for timer in timers if not timer.cancelled()])

    left = clock.run(whole(), realtime=False)
    return file.getvalue(), left


def test_it_draws_at_most_fifteen_frames_a_second_and_then_no_more() -> None:
    seen, left = watched(4.0)
    assert 4 * 8 <= seen.count("voice appliance") <= 4 * 15
    assert left == 0
    assert "LISTENING  3." in seen


def test_the_last_view_stays_on_the_screen() -> None:
    seen, _ = watched(0.5)
    last = seen[seen.rindex("voice appliance") :]
    assert "  1  answered" in last
    assert seen.endswith("\x1b[?25h"), "the cursor is back"


@pytest.mark.parametrize("words", [True, False])
def test_without_a_terminal_it_prints_a_line_for_each_change(*, words: bool) -> None:
    file = io.StringIO()
    view: Observer = PlainView(Console(file=file, width=300), words=words)
    support.tell(view)
    printed = file.getvalue().splitlines()
    states = [line.split()[-1] for line in printed if line.split()[-1] in dict(support.STATES)]
    assert states == ["idle", "listening", "thinking", "speaking", "idle"]
    assert any("turn 1: OK" in line and "first sound after 1000 ms" in line for line in printed)
    assert len(printed) == (9 if words else 6)
    assert (support.HEARD in file.getvalue()) is words
