"""Keeps what a technician may ask about: an observer of the conversation, in memory only.

No words are kept. What history on disk knows, it knows better; this forgets at a restart.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any

from appliance.clock import civil_now, now_s
from appliance.console.ports import Figures
from appliance.observer import Bystander
from appliance.reasons import LAPSES, REASONS, Outcome
from appliance.record import Turn
from audio.ears import Reading
from audio.format import FRAME_S, Frame
from states.state import State

TURNS, EVENTS = 50, 100
PEAK_S = 2.0


class Gauges(Bystander):
    """For the loop's thread."""

    def __init__(self, profile: str, thresholds: Mapping[str, float]) -> None:
        self._profile, self._thresholds = profile, thresholds
        self._began_s = now_s()
        self.conversation = State.STARTING
        self._since_s = self._began_s
        self._latest: Reading | None = None
        self._latest_s = self._silent_s = 0.0
        self._peaks: deque[float] = deque(maxlen=round(PEAK_S / FRAME_S))
        self._turns: deque[dict[str, Any]] = deque(maxlen=TURNS)
        self._events: deque[Figures] = deque(maxlen=EVENTS)
        self._counters: Counter[str] = Counter()
        self._asked: dict[str, asyncio.Future[Turn]] = {}
        self._collecting: list[tuple[int, list[Frame], asyncio.Future[list[Frame]]]] = []

    # -- as an observer ---------------------------------------------------------------------

    def reading(self, reading: Reading) -> None:
        """The ears heard a frame."""
        self._counters["frames"] += 1
        self._latest, self._latest_s = reading, now_s()
        self._silent_s = 0.0 if reading.frame.samples.any() else self._silent_s + FRAME_S
        self._peaks.append(reading.level_db)
        for wanted, frames, done in self._collecting:
            frames.append(reading.frame)
            if len(frames) == wanted and not done.done():
                done.set_result(frames)

    def state(self, state: State, at_s: float) -> None:  # noqa: ARG002  # the loop's time is kept
        """The conversation is in another state."""
        self.conversation, self._since_s = state, now_s()
        self.note("STATE", {"state": state.value})

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        reason = turn.reason or "FAULT"
        row: dict[str, Any] = {"id": turn.id, "reason": reason, **turn.timings_ms}
        self._turns.appendleft(row | ({"fallback": dict(turn.fallback)} if turn.fallback else {}))
        self._counters["turns"] += 1
        if turn.wake and turn.outcome is Outcome.NO_SPEECH:
            self._counters["false_wakes"] += 1
        if turn.utterance is None and turn.transcript and turn.transcript.text in self._asked:
            asked = self._asked.pop(turn.transcript.text)
            if not asked.done():
                asked.set_result(turn)

    # -- for others of the console ----------------------------------------------------------

    def asked(self, text: str) -> asyncio.Future[Turn]:
        """The turn that a typed question will be, once it is over."""
        self._asked.clear()  # one at a time; who waits for an older one gives up by its deadline
        return self._asked.setdefault(text, asyncio.get_running_loop().create_future())

    async def collect(self, frames: int, patience_s: float) -> list[Frame]:
        """The next frames that are heard; fewer if they don't come in time."""
        done: asyncio.Future[list[Frame]] = asyncio.get_running_loop().create_future()
        entry = (frames, list[Frame](), done)
        self._collecting.append(entry)
        try:
            return await asyncio.wait_for(done, patience_s)
        except TimeoutError:
            return entry[1]
        finally:
            self._collecting.remove(entry)

    def note(self, code: str, figures: Figures) -> None:
        """An event, of the console or the conversation."""
        at = civil_now().strftime("%H:%M:%S")
        self._events.appendleft({"at": at, "code": code, **figures})

    # -- Status -----------------------------------------------------------------------------

    def status(self) -> Figures:
        """As the port."""
        now = now_s()
        return {
            "state": self.conversation.value,
            "since_s": round(now - self._since_s, 1),
            "profile": self._profile,
            "up_s": round(now - self._began_s),
            "turns": self._counters["turns"],
        }

    def levels(self) -> Figures:
        """As the port."""
        if self._latest is None:
            return {"level_db": 0.0, "peak_db": 0.0, "speech": 0.0, "wake": {}}
        reading = self._latest
        return {
            "level_db": round(reading.level_db, 1),
            "peak_db": round(max(self._peaks), 1),
            "speech": round(float(reading.speech), 3),
            "wake": {name: round(float(score), 3) for name, score in reading.scores.items()},
        }

    def ears(self) -> Figures:
        """As the port."""
        return {
            "frames": self._counters["frames"],
            "last_frame_s": round(now_s() - self._latest_s, 2) if self._latest else None,
            "digital_silence_s": round(self._silent_s, 1),
            "thresholds": dict(self._thresholds),
        }

    # -- Records ----------------------------------------------------------------------------

    def turns(self, n: int) -> Sequence[Figures]:
        """As the port."""
        return list(self._turns)[:n]

    def why(self, n: int) -> str:
        """As the port."""
        if len(self._turns) < n:
            return "there was no such turn since the start"
        row = self._turns[n - 1]
        stages = {k: v for k, v in row.items() if isinstance(v, float) and not k.startswith("fir")}
        parts = [f"turn {row['id']}: {row['reason']}, {REASONS[row['reason']].meaning}"]
        if "first_audio" in row:
            parts.append(f"first sound of the answer after {row['first_audio']:.0f} ms")
        if stages:
            longest = max(stages, key=lambda name: stages[name])
            parts.append(f"longest: {longest}, {stages[longest]:.0f} ms")
        spares = row.get("fallback", {}).items()
        parts += [f"a spare did `{hop}`: {LAPSES.get(lapse, lapse)}" for hop, lapse in spares]
        return "; ".join(parts)

    def events(self, n: int) -> Sequence[Figures]:
        """As the port."""
        return list(self._events)[:n]

    def counters(self) -> Figures:
        """As the port."""
        return dict(self._counters)
