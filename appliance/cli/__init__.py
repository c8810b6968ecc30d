"""The command line: one verb a module, one handler for every error.

Exit codes: 0 done, 1 the answer is no, 2 misuse or bad input.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from appliance.cli.errors import print_error
from appliance.errors import ApplianceError
from audio.errors import AudioError

VERBS: Final[Mapping[str, str]] = {
    "demo": "demo",
    "ask": "ask",
    "run": "live",
    "listen": "listen",
    "why": "why",
    "replay": "replay",
    "knowledge": "knowledge",
    "models": "models",
    "doctor": "doctor",
    "tune": "tune",
    "update": "update",
    "console": "console",
    "bench": "bench",
}
"""In the order of `--help`; each with its module, which is loaded only where it is needed."""
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
    arguments = _parser(argv).parse_args(argv)
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


class _Version(argparse.Action):
    """Looked up only where it is asked for: that takes longer than to read these arguments."""

    def __call__(self, parser: argparse.ArgumentParser, *_call: Any) -> None:  # noqa: ANN401  # as argparse has it
        version = import_module("importlib.metadata").version("voice-appliance")
        print(f"appliance {version}")
        parser.exit()


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Of the verb that is named first; of all of them where none is."""
    parser = argparse.ArgumentParser(
        prog="appliance",
        description="Answers spoken questions from your documents, entirely offline.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    named = [verb for verb in argv[:1] if verb in VERBS]
    gc.disable()  # nothing of what is being loaded is garbage
    for verb in named or VERBS:
        import_module(f"appliance.cli.{VERBS[verb]}").add_parser(verbs)
    gc.enable()
    return parser
