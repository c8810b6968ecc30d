"""The shortened form of `python -m tests.bench.console_fuzz`."""

from __future__ import annotations

from tests.bench.console_fuzz import bytes_of_noise, fuzzed_lines


def test_lines_that_were_tampered_with_do_no_harm() -> None:
    report = fuzzed_lines(3_000, seed=1)
    assert report.alive
    assert report.unexpected == []


def test_random_bytes_do_no_harm() -> None:
    report = bytes_of_noise(200_000, seed=2)
    assert report.alive
    assert report.unexpected == []
