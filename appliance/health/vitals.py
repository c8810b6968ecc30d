"""Vital signs: what only progress can raise, and for how long each may stand still."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from states.state import State


class Vital(NamedTuple):
    """One sign of life.

    Attributes:
        name: of the part that lives.
        limit_s: without progress for so long, it is stale.
        code: why, in the history and for a technician.
        deaf: whether nobody is heard while it is stale.
    """

    name: str
    limit_s: float
    code: str
    deaf: bool = False


VITALS: tuple[Vital, ...] = (
    Vital("frames", 1.5, "MIC_GONE", deaf=True),
    Vital("sound", 2.0, "MIC_SILENT", deaf=True),
    Vital("change", 2.0, "MIC_STUCK", deaf=True),
    Vital("pace", 1.0, "MIC_RATE", deaf=True),
    Vital("headroom", 10.0, "MIC_CLIPPED"),
    Vital("ears", 2.0, "EARS_FROZEN", deaf=True),
    Vital("loudspeaker", 2.0, "SPEAKER_BLOCKED"),
    Vital("tempo", 1.0, "SPEAKER_RATE"),
    Vital("asr", 1.5, "ASR_DEAD"),
    Vital("mind", 1.5, "MIND_DEAD"),
    Vital("voice", 1.5, "VOICE_DEAD"),
    Vital("npu", 1.5, "NPU_DEAD"),
    Vital("storage", 30.0, "DISK_STUCK"),
    Vital("history", 1.5, "HISTORY_STUCK"),
)
"""What is looked at; a device without a part simply has no counter for it."""

WATCHED = frozenset(vital.name for vital in VITALS)
"""Processes that are not among them (a language model's, a spare's) are kept by their own."""

MICROPHONE = frozenset({"frames", "sound", "change", "pace", "headroom"})
"""Signs of one device: what mends one of them, mends them all."""

LOUDSPEAKER = frozenset({"loudspeaker", "tempo"})
"""The same."""

NOT_EXPECTED: dict[State, frozenset[str]] = {
    State.MUTED: MICROPHONE | {"ears"},  # the owner wants it so
    State.SERVICING: MICROPHONE | LOUDSPEAKER | {"ears"},  # the technician has the devices
    State.STARTING: frozenset({"ears"}),
    State.FAULT: frozenset({"ears"}),  # no frame is given to them
}
"""Signs that say nothing in a state."""


class Stale(NamedTuple):
    """A vital sign that stands still, and for how long."""

    vital: Vital
    age_s: float


@dataclass(slots=True)
class _Sign:
    vital: Vital
    since_s: float  # from when on it stands still, as far as is fair to say
    progress_s: float = float("-inf")
    count: float = 0.0
    expected: bool = False
    seen: bool = False
    ended: bool = False


class Vitals:
    """The signs of one device. Time is an argument: seconds of a clock that never jumps."""

    def __init__(self, table: Iterable[Vital] = VITALS) -> None:
        self._signs = {vital.name: _Sign(vital, 0.0) for vital in table}

    def expect(self, names: Iterable[str], now_s: float) -> None:
        """These are due from now on, no others; one that wasn't due before has all its time."""
        wanted = set(names)
        for name, sign in self._signs.items():
            if name in wanted and not sign.expected:
                sign.since_s = now_s
            sign.expected = name in wanted

    def sample(self, name: str, count: float, now_s: float) -> None:
        """The part's counter, which only its progress raises."""
        sign = self._signs[name]
        if sign.ended:  # what it counted before that is no progress
            sign.count, sign.ended = count, False
        elif count != sign.count:
            sign.count, sign.since_s, sign.progress_s = count, now_s, now_s
            sign.seen = sign.seen or sign.expected

    def excuse(self, seconds: float) -> None:
        """Nobody looked for so long; a machine so busy may not have let the parts run either."""
        for sign in self._signs.values():
            sign.since_s += seconds

    def fail(self, name: str) -> None:
        """The part said itself that it has ended: there is nothing to wait for."""
        sign = self._signs[name]
        sign.since_s, sign.ended = float("-inf"), True

    def stale(self, now_s: float) -> list[Stale]:
        """What is due and stands still, the longest first."""
        found = [
            Stale(sign.vital, now_s - sign.since_s)
            for sign in self._signs.values()
            if sign.expected and now_s - sign.since_s > sign.vital.limit_s
        ]
        return sorted(found, key=lambda stale: -stale.age_s)

    def report(self, now_s: float) -> dict[str, str]:
        """Each sign in words, for a technician."""
        stale = {found.vital.name: found for found in self.stale(now_s)}
        return {
            name: f"{stale[name].vital.code} for {stale[name].age_s:.1f} s"
            if name in stale
            else ("fresh" if sign.expected else "not due")
            for name, sign in self._signs.items()
        }

    def advanced(self, name: str, since_s: float) -> bool:
        """Whether it has made progress after a time."""
        return self._signs[name].progress_s > since_s

    @property
    def complete(self) -> bool:
        """Whether everything that is due has been seen alive."""
        return all(sign.seen for sign in self._signs.values() if sign.expected)


def expected(known: Iterable[str], state: State) -> set[str]:
    """Those of the signs that are due in a state of the conversation."""
    return set(known) - NOT_EXPECTED.get(state, frozenset())
