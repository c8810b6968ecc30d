"""Keeps what a technician may ask about: an observer of the conversation, in memory only.

No words are kept, and nothing that the history knows (`archive.py`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping

from appliance.clock import now_s
from appliance.console.ports import Figures
from appliance.observer import Bystander
from appliance.record import Turn
from audio.ears import Reading
from audio.format import FRAME_S, Frame
from states.state import State

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
        self._frames = self._turns = 0
        self._asked: dict[str, asyncio.Future[Turn]] = {}
        self._collecting: list[tuple[int, list[Frame], asyncio.Future[list[Frame]]]] = []

    # -- as an observer ---------------------------------------------------------------------

    def reading(self, reading: Reading) -> None:
        """The ears heard a frame."""
        self._frames += 1
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

    def turn(self, turn: Turn) -> None:
        """A turn is over."""
        self._turns += 1
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

    # -- Status -----------------------------------------------------------------------------

    def status(self) -> Figures:
        """As the port."""
        now = now_s()
        return {
            "state": self.conversation.value,
            "since_s": round(now - self._since_s, 1),
            "profile": self._profile,
            "up_s": round(now - self._began_s),
            "turns": self._turns,
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
            "frames": self._frames,
            "last_frame_s": round(now_s() - self._latest_s, 2) if self._latest else None,
            "digital_silence_s": round(self._silent_s, 1),
            "thresholds": dict(self._thresholds),
        }
