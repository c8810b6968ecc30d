"""Other programs, which never outlive what they were started for."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

OFFLINE = {"ORT_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""Keeps the libraries of a toolkit from the network."""


@contextlib.contextmanager
def program(
    command: Sequence[str], errors: IO[bytes] | None, variables: Mapping[str, str], folder: Path
) -> Iterator[subprocess.Popen[str]]:
    """A running program; leaving the context ends it and whatever it started.

    Args:
        command: an absolute path and its arguments.
        errors: where its standard error goes; None: into its output.
        variables: of its environment, besides ours.
        folder: where it runs.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,  # it closes when we end, however we end
        stdout=subprocess.PIPE,
        stderr=errors or subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl-C is ours to handle
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


def lines(process: subprocess.Popen[str]) -> Iterator[str]:
    """What it prints, until it closes its output."""
    if process.stdout:
        for line in process.stdout:
            yield line.strip()
