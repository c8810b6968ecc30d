"""No word of what runs here goes to the maker of a library."""

from __future__ import annotations

import os
import subprocess
import sys

ASK = """
import os
from audio.inference import onnxruntime
before = os.environ.get("ORT_DISABLE_TELEMETRY")
onnxruntime()
print(before, os.environ["ORT_DISABLE_TELEMETRY"])
"""


def test_the_librarys_reports_are_forbidden_before_it_is_loaded() -> None:
    """`tests/test_offline.py` watches what it then does."""
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    told = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["None", "1"]
