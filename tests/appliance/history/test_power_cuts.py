"""Real processes, killed at random instants; the last write torn."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.appliance.history.cuts import cut_power


def test_of_a_storm_only_the_end_is_lost(tmp_path: Path) -> None:
    """While the disk is waited for, what happens waits in memory."""
    report = cut_power(tmp_path, cuts=10, life="storm")
    assert not report.violations, "\n".join(report.violations)


@pytest.mark.slow
def test_power_cuts_cost_the_last_record_at_most(tmp_path: Path) -> None:
    report = cut_power(tmp_path, cuts=40)
    assert not report.violations, "\n".join(report.violations)
    assert report.noted > 40, "the lives were long enough to write"
    assert len(report.hurts) > 2, "and their ends different"
