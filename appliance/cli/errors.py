"""How an error looks on the command line."""

from __future__ import annotations

import sys

from appliance.errors import ApplianceError
from audio.errors import AudioError


def print_error(error: ApplianceError | AudioError) -> None:
    """One line on standard error: what failed, why, what to do, and the code to look up."""
    line = f"error: {error.what}; {error.cause}; {error.remedy} [{error.code}]"
    print(" ".join(line.split()), file=sys.stderr)
