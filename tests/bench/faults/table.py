"""What came of the faults of one kind, as a row of the table in docs/health.md."""

from __future__ import annotations

import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

DETECTED_S, MENDED_S, DEAF_S = 3.0, 10.0, 5.0
"""The bars: the first two for every fault, the last for 95 % of them."""

HEAD = """\
| fault | times | noticed s | p95 | worst | mended s | p95 | worst | deaf s, p95 | hears | lost \
| stuck | bars |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


@dataclass
class Result:
    """Of one kind; seconds each.

    Attributes:
        detected: until it was noticed.
        mended: until it was mended, or done without as designed.
        deaf: until it heard again, from when there was a microphone; empty where it always heard.
        heard: how often the wake phrase was heard, of `asked`.
        lost: timers and records that were gone afterwards.
        stuck: how often it was never noticed, or never over.
    """

    detected: list[float] = field(default_factory=list)
    mended: list[float] = field(default_factory=list)
    deaf: list[float] = field(default_factory=list)
    heard: int = 0
    asked: int = 0
    lost: int = 0
    stuck: int = 0

    @property
    def misses(self) -> list[str]:
        """The bars that it does not meet."""
        bars = {
            "noticed": max(self.detected, default=0.0) <= DETECTED_S,
            "mended": max(self.mended, default=0.0) <= MENDED_S,
            "deaf": p95(self.deaf) <= DEAF_S,
            "hears": self.heard == self.asked,
            "lost": not self.lost,
            "stuck": not self.stuck,
        }
        return [name for name, met in bars.items() if not met]

    def row(self, name: str, times: int) -> str:
        """One line of Markdown."""
        deaf = f"{p95(self.deaf):.1f}" if self.deaf else "0"
        cells = [
            *(name, str(times), _spread(self.detected), _spread(self.mended), deaf),
            *(f"{self.heard} of {self.asked}", str(self.lost), str(self.stuck)),
            ", ".join(self.misses) or "met",
        ]
        return f"| {' | '.join(cells)} |"


def p95(values: Sequence[float]) -> float:
    """The value that 95 % do not exceed; 0 of none."""
    ranked = sorted(values)
    return ranked[max(0, -(-95 * len(ranked) // 100) - 1)] if ranked else 0.0


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "- | - | -"
    return f"{statistics.median(values):.1f} | {p95(values):.1f} | {max(values):.1f}"


def whole(
    results: Mapping[str, Result], times: int, starts_s: Sequence[float], loads: Sequence[float]
) -> str:
    """The table, and what holds for all of it."""
    rows = [result.row(name, times) for name, result in results.items()]
    met = sum(not result.misses for result in results.values())
    deaf_s = [s for result in results.values() for s in result.deaf]
    return "\n".join(
        [
            *(HEAD, *rows, ""),
            (
                f"{len(results)} kinds, {times} times each; {met} meet every bar. Deaf time over "
                f"all faults that make it deaf: p95 {p95(deaf_s):.1f} s. The service took "
                f"{statistics.median(starts_s):.1f} s to start ({len(starts_s)} starts, "
                f"worst {max(starts_s):.1f} s). The machine's load was {min(loads):.1f} to "
                f"{max(loads):.1f} on {os.cpu_count()} cores, the service's niceness {os.nice(0)}."
            ),
            "",
        ]
    )
