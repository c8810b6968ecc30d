"""How each phase looks, as data.

Colours help, but nobody needs them: many boards have a single green LED, and one man in twelve
confuses red and green. So the phases differ in rhythm as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from appliance.lights.ports import Phase


class Colour(NamedTuple):
    """Parts of red, green and blue, 0..1 each."""

    red: float
    green: float
    blue: float


class Step(NamedTuple):
    """Brightness (0..1), gliding to that of the next step within `ms`; 0 jumps at once."""

    level: float
    ms: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A colour and a rhythm, repeated for ever; a single step is a steady light."""

    colour: Colour
    steps: tuple[Step, ...]

    @property
    def period_ms(self) -> int:
        """Until it repeats; 0 for a steady light."""
        return sum(step.ms for step in self.steps)

    def level(self, at_ms: float) -> float:
        """Brightness (0..1) so long after the beginning."""
        left = at_ms % self.period_ms if self.period_ms else 0.0
        for step, following in zip(self.steps, (*self.steps[1:], self.steps[0]), strict=True):
            if left < step.ms:
                return step.level + (following.level - step.level) * left / step.ms
            left -= step.ms
        return self.steps[0].level

    def on_off(self) -> Pattern:
        """The same rhythm for a LED that cannot be dimmed; a steady light stays as it is."""
        levels = [step.level for step in self.steps]
        middle = (min(levels) + max(levels)) / 2
        spans = [(float(step.level > middle), step.ms) for step in self.steps if step.ms]
        jumps = [step for level, ms in spans for step in (Step(level, ms), Step(level, 0))]
        return replace(self, steps=tuple(jumps)) if jumps else self


def _steady(level: float) -> tuple[Step, ...]:
    return (Step(level, 0),)


def _breathing(low: float, high: float, period_ms: int) -> tuple[Step, ...]:
    return (Step(low, period_ms // 2), Step(high, period_ms // 2))


def _blinking(*on_off_ms: int, high: float = 1.0, low: float = 0.0) -> tuple[Step, ...]:
    """Bright and dark in turn. A jump takes two steps of which the second lasts no time."""
    levels = [(high, low)[turn % 2] for turn in range(len(on_off_ms))]
    steps: list[Step] = []
    for level, ms in zip(levels, on_off_ms, strict=True):
        steps += [Step(level, ms), Step(level, 0)]
    return tuple(steps)


_WHITE, _CYAN, _BLUE = Colour(1.0, 0.9, 0.8), Colour(0.0, 0.8, 1.0), Colour(0.1, 0.3, 1.0)
_RED, _AMBER, _VIOLET = Colour(1.0, 0.0, 0.0), Colour(1.0, 0.5, 0.0), Colour(0.6, 0.0, 1.0)

PATTERNS: Mapping[Phase, Pattern] = {
    Phase.STARTING: Pattern(_WHITE, _breathing(0.05, 0.6, 3000)),
    Phase.IDLE: Pattern(_WHITE, _steady(0.0)),  # it may stand in a bedroom
    Phase.LISTENING: Pattern(_CYAN, _steady(1.0)),
    Phase.THINKING: Pattern(_BLUE, _breathing(0.2, 1.0, 700)),
    Phase.SPEAKING: Pattern(_CYAN, _breathing(0.4, 1.0, 1600)),
    Phase.FOLLOW_UP: Pattern(_CYAN, _breathing(0.15, 0.45, 2200)),
    Phase.MUTED: Pattern(_RED, _blinking(3800, 200, high=0.4)),  # its eyes are closed: a wink
    Phase.FAULT: Pattern(_AMBER, _blinking(150, 150, 150, 1550)),  # twice, then a pause
    Phase.SERVICING: Pattern(_VIOLET, _blinking(1000, 1000, high=0.6)),
    Phase.RINGING: Pattern(_WHITE, _blinking(250, 250)),
    Phase.UPDATING: Pattern(
        _BLUE, _blinking(150, 150, 150, 150, 150, 1150)
    ),  # thrice, then a pause
}
