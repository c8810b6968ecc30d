"""Real processes, killed at random instants; the last write torn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.appliance.history.cuts import cut_power


def test_of_a_storm_only_the_end_is_lost(tmp_path: Path) -> None:
    """What is noted every 2 ms does not wait for the disk, either."""
    report = cut_power(tmp_path, cuts=10, life="storm")
    assert not report.violations, "\n".join(report.violations)
    assert sorted(report.lost)[-2] <= 1, "one may be where a thread was held up by other work"


@pytest.mark.slow
def test_power_cuts_cost_the_last_record_at_most(tmp_path: Path) -> None:
    report = cut_power(tmp_path, cuts=40)
    assert not report.violations, "\n".join(report.violations)
    assert report.noted > 40, "the lives were long enough to write"
    assert len(report.hurts) > 2, "and their ends different"
