"""`appliance models convert`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from appliance.cli.progress import progress_bar
from appliance.convert.convert import Outcome, Wishes, convert, kind_of
from appliance.convert.environment import (
    choose_python,
    make_environment,
    open_environment,
    steps,
)
from appliance.convert.toolkits import RKLLM, RKNN, RKNN_VERSIONS, TOOLKITS
from appliance.errors import ModelError

EPILOG = f"""examples:
  appliance models convert --environment toolkit
  appliance models convert encoder.onnx -o encoder.rknn --environment toolkit
  appliance models convert encoder.onnx -o encoder.rknn --environment toolkit \\
      --quantise int8 --calibration inputs.txt
  appliance models convert --environment llm-toolkit --wheel rkllm_toolkit-1.3.0-*.whl
  appliance models convert Qwen3-0.6B/ -o model.rkllm --environment llm-toolkit

Rockchip's toolkits need other libraries than the appliance, so they live in an environment of their
own: the first form makes it, with pip, which uses the network. Converting never does. Known are
rknn-toolkit2 {" and ".join(RKNN_VERSIONS)} (the runtime on the board must be of the same version).

Beside the model a note is written, NAME.json: toolkit, hashes, quantisation, and for ONNX the
cosine of every output, simulated NPU against onnxruntime. Exit code 1 means that it is less than
--least-cosine; then no file is written."""


def add_parser(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the verb below `models`."""
    parser = verbs.add_parser(
        "convert",
        help="make a model that runs on the NPU",
        description="Make a model that runs on the NPU of an RK3576.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "source",
        metavar="MODEL",
        nargs="?",
        type=Path,
        help="an ONNX file, or a folder (see below)",
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help=".rknn or .rkllm")
    parser.add_argument(
        "--environment", metavar="DIR", type=Path, required=True, help="where the toolkit is"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    _add_making(parser.add_argument_group("for an environment that is made"))
    _add_converting(parser.add_argument_group("for a conversion"))
    parser.set_defaults(run=run)


def _add_making(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--toolkit", choices=RKNN_VERSIONS, default=RKNN_VERSIONS[-1], help="(default: %(default)s)"
    )
    group.add_argument("--wheel", metavar="FILE", type=Path, help="the vendor's rkllm-toolkit")
    group.add_argument("--python", metavar="PATH", default="", help="which interpreter it gets")


def _add_converting(group: argparse._ArgumentGroup) -> None:
    kinds = "; ".join(", ".join(toolkit.quantisations) for toolkit in TOOLKITS.values())
    group.add_argument("--quantise", metavar="KIND", default="", help=f"{kinds} (default: first)")
    group.add_argument(
        "--calibration",
        metavar="FILE",
        type=Path,
        help="recorded inputs: a list of .npy files, or JSON texts for a language model",
    )
    group.add_argument(
        "--shape",
        metavar="NAME=N,N,…",
        action="append",
        default=[],
        type=_shape,
        help="sizes of an input that the file leaves open",
    )
    group.add_argument(
        "--least-cosine", metavar="X", type=float, default=0.999, help="(default: %(default)s)"
    )
    group.add_argument("--optimisation", type=int, choices=(0, 1), default=1, help=".rkllm only")
    group.add_argument("--npu-cores", type=int, choices=(1, 2), default=2, help=".rkllm only")
    group.add_argument(
        "--context", metavar="TOKENS", type=int, default=4096, help=".rkllm only (%(default)s)"
    )


def _shape(text: str) -> tuple[str, tuple[int, ...]]:
    name, _, sizes = text.rpartition("=")
    shape = tuple(int(size) for size in sizes.split(","))
    if not name or min(shape) < 1:
        raise ValueError(text)
    return name, shape


def run(args: argparse.Namespace) -> int:
    """Make the environment, or convert: 0 done, 1 not exact enough."""
    try:
        return _convert(args) if args.source else _make(args)
    except KeyboardInterrupt:
        print("interrupted; nothing half-written is left", file=sys.stderr)
        raise


def _make(args: argparse.Namespace) -> int:
    kind = RKLLM if args.wheel else RKNN
    if args.wheel and not args.wheel.is_file():
        raise ModelError(
            "MOD-WHEEL", "there is no wheel", f"no file {args.wheel}", "get it from Rockchip's SDK"
        )
    wanted = str(args.wheel.absolute()) if args.wheel else args.toolkit
    python = choose_python(args.python)
    with progress_bar() as report:
        make_environment(args.environment, python, steps(kind, wanted), report)
        environment = open_environment(args.environment, kind)
    found = {"toolkit": TOOLKITS[kind].package, "version": environment.version}
    if args.json:
        print(json.dumps({"environment": str(args.environment), **found}))
    else:
        print(f"{args.environment}: {found['toolkit']} {found['version']} is ready")
    return 0


def _convert(args: argparse.Namespace) -> int:
    if args.output is None:
        raise ModelError("MOD-TARGET", "nothing to write to", "no -o is given", "add -o FILE")
    kind = kind_of(args.source)
    environment = open_environment(args.environment, kind)
    wishes = Wishes(
        args.source,
        args.output,
        args.quantise,
        args.calibration,
        shapes=dict(args.shape),
        least_cosine=args.least_cosine,
        settings=_settings(args) if kind == RKLLM else {},
    )
    with progress_bar() as report:
        outcome = convert(wishes, environment, report)
    _show(args, outcome)
    return int(not outcome.written)


def _settings(args: argparse.Namespace) -> dict[str, int]:
    return {
        "optimisation": args.optimisation,
        "npu_cores": args.npu_cores,
        "context_tokens": args.context,
    }


def _show(args: argparse.Namespace, outcome: Outcome) -> None:
    note = outcome.note
    if args.json:
        written = {"file": str(args.output), "written": outcome.written}
        print(json.dumps({**written, **asdict(note)}, indent=1))
        return
    for name, cosine in note.cosine.items():
        print(f"{name}: cosine {cosine:.7f} (simulator against onnxruntime, {note.compared_with})")
    if outcome.written:
        print(f"{args.output}: {note} ({note.bytes / 1e6:.1f} MB)")
    else:
        print(f"not written: less than --least-cosine {args.least_cosine:g}; {note}")
