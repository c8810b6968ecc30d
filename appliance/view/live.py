"""The live view on a terminal, and its plain form where there is none; both are observers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from appliance.clock import now_s
from appliance.observer import Bystander
from appliance.reasons import REASONS
from appliance.record import Turn
from appliance.view.model import Shown
from appliance.view.screen import screen
from appliance.view.stages import first_sound_ms
from audio.ears import Reading
from audio.format import Samples
from states.state import State

FRAMES_PER_S = 12.0
"""How often it is drawn anew, at most."""


class LiveView:
    """Redraws the screen while it is entered; for the loop's thread, in a running loop."""

    def __init__(
        self, console: Console, shown: Shown, clock_s: Callable[[], float] = now_s
    ) -> None:
        self._console, self._shown, self._clock_s = console, shown, clock_s
        self._live = Live(console=console, auto_refresh=False, vertical_overflow="crop")
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._shown.enter(State.STARTING, self._clock_s())
        self._live.start()
        self._tick()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _where: TracebackType | None,
    ) -> None:
        """Draw what is last known, and leave it standing."""
        if self._timer is not None:
            self._timer.cancel()
        self._draw()
        self._live.stop()

    def reading(self, reading: Reading) -> None:
        """The ears heard a frame."""
        self._shown.read(reading)

    def state(self, state: State, at_s: float) -> None:  # noqa: ARG002  # the loop's time is shown
        """The conversation is in another state."""
        self._shown.enter(state, self._clock_s())

    def partial(self, text: str) -> None:
        """So much was recognised while somebody speaks."""
        self._shown.partial = text

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        self._shown.turns.append(turn)

    def played(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        """The loudspeaker plays these samples from `at_s` on."""
        self._shown.play(samples, rate_hz, at_s)

    def _tick(self) -> None:
        self._draw()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(1 / FRAMES_PER_S, self._tick)

    def _draw(self) -> None:
        width, height = self._console.size
        self._live.update(screen(self._shown, self._clock_s(), width, height - 1), refresh=True)


class PlainView(Bystander):
    """A line for each change, for pipes and logs."""

    def __init__(self, console: Console, *, words: bool) -> None:
        self._console, self._words = console, words

    def state(self, state: State, at_s: float) -> None:
        """The conversation is in another state."""
        self._print(f"{at_s:8.2f} s  {state.value}")

    def partial(self, text: str) -> None:
        """So much was recognised while somebody speaks."""
        if self._words:
            self._print(f"           … {text}")

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        reason = turn.reason or ""
        sound_ms = first_sound_ms(turn.timings_ms)
        after = f", first sound after {sound_ms:.0f} ms" if sound_ms else ""
        self._print(f"turn {turn.id}: {reason}, {REASONS[reason].meaning}{after}")
        if self._words and turn.transcript:
            self._print(f"  heard   {turn.transcript.text}")
            self._print(f"  said    {' '.join(turn.spoken)}")

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
