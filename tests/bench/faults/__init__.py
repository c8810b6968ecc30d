"""Fault injection on the running service: `python -m tests.bench.faults` (docs/health.md)."""
