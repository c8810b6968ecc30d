"""The command line: one verb a module, one handler for every error.

Exit codes: 0 done, 1 the answer is no, 2 misuse or bad input.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from appliance.cli import (
    ask,
    bench,
    console,
    demo,
    doctor,
    knowledge,
    listen,
    live,
    models,
    replay,
    tune,
    update,
    why,
)
from appliance.cli.errors import print_error
from appliance.errors import ApplianceError
from audio.errors import AudioError

MISUSE = 2
INTERRUPTED = 130

EPILOG = """\
start here:
  appliance demo                                 hear it, with nothing prepared
  appliance knowledge build docs/ -o house.pack  turn your documents into a knowledge pack
  appliance ask --text "how do i ..." --knowledge house.pack
  appliance doctor                               what works on this machine, and what to do
"""


def main(argv: Sequence[str]) -> int:
    """Run one verb; returns the exit code. Errors are one line each, never a traceback."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except (ApplianceError, AudioError) as error:
        print_error(error)
        return MISUSE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `appliance … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="appliance",
        description="Answers spoken questions from your documents, entirely offline.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    version = metadata.version("voice-appliance")
    parser.add_argument("--version", action="version", version=f"appliance {version}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    first = (demo, ask, live, listen, why, replay, knowledge, models, doctor)
    for verb in (*first, tune, update, console, bench):
        verb.add_parser(verbs)
    return parser
