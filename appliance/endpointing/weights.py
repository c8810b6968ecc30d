"""Learnt by `python -m tests.bench.endpoints … --learn`; do not edit."""

from __future__ import annotations

from typing import Final

WORDS: Final = {"bias": 0.0}
SOUND: Final = {"bias": 0.0}
BOTH: Final = {"bias": 0.0}
