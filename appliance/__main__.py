"""`python -m appliance` and the `appliance` command."""

from __future__ import annotations

import os
import sys

# Our matrices are small: a second thread costs more than it brings, on a busy machine much more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")


def main() -> None:
    """Run the command line and leave with its exit code."""
    from appliance.cli import main as command_line  # noqa: PLC0415  # keeps `import appliance` bare

    sys.exit(command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
