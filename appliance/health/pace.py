"""Whether frames come as fast as time passes: a device at the wrong rate sounds like a chipmunk."""

from __future__ import annotations

from collections import deque

WINDOW_S = 2.0
TOLERANCE = 0.35
"""Wrong rates are wrong by half, twice or more; a busy machine loses some frames of a right one."""


class Pace:
    """A counter that rises while frames come at the right rate."""

    def __init__(self, frame_s: float) -> None:
        """`frame_s`: how long a frame lasts."""
        self._frame_s = frame_s
        self._seen: deque[tuple[float, int]] = deque()
        self.right = 0

    def look(self, frames: int, now_s: float) -> int:
        """The counter, after `frames` frames in all; silence is left to others to judge."""
        seen = self._seen
        if seen and frames == seen[-1][1]:  # it stands still: begin anew when it goes on
            seen.clear()
            self.right += 1
        seen.append((now_s, frames))
        while now_s - seen[0][0] > WINDOW_S:
            seen.popleft()
        passed_s = now_s - seen[0][0]
        if passed_s < WINDOW_S / 2:
            self.right += 1
        else:
            rate = (frames - seen[0][1]) * self._frame_s / passed_s
            self.right += abs(rate - 1) < TOLERANCE
        return self.right
