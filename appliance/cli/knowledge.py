"""`appliance knowledge build | query | evaluate | sign`."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import sys
from dataclasses import asdict, fields
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appliance.cli.progress import progress_bar
from appliance.config import load_config
from appliance.console.signing import PACK, sign
from appliance.knowledge.evaluate import Gate, Outcome, Summary, as_json, ask_all, summarise
from appliance.knowledge.golden import read_golden
from appliance.knowledge.pack import Pack
from appliance.knowledge.reader import answer
from appliance.knowledge.retrieve import PackRetriever, grounded
from appliance.service import build_knowledge
from appliance.update import seal

BUILD = """examples:
  appliance knowledge build manuals -o home.pack
      reads every .md, .txt, .html and .pdf below manuals and writes home.pack

A document that cannot be read is named in a warning, and the rest is built. The same documents
always give the same pack hash. An old pack stays as it is until the new one is complete."""
QUERY = """examples:
  appliance knowledge query home.pack "how do I reset the router"
  appliance knowledge query home.pack "how do I reset the router" --k 1 --json

Exit code 1 means that the pack does not seem to hold an answer."""
EVALUATE = """examples:
  appliance knowledge evaluate home.pack golden.tsv
  appliance knowledge evaluate home.pack golden.tsv --min-top3 0.98 --json

A line of GOLDEN is a question, a tab, and the source that answers it (several: a|b); `-` means
that nothing in the pack does; `#` starts a comment:
  how do i reset the router<TAB>router.md#reset
  who won the world cup<TAB>-

Exit code 0 means that the pack passes every bar, 1 that it fails one."""
SIGN = """examples:
  appliance knowledge sign home.pack --key pack.pem --version 1.2.0
  appliance knowledge sign home.pack --key pack.pem --version 1.2.0 --for voice-appliance-rk3576

Writes home.pack.sig beside the pack: with both on a USB stick, a device that knows the public half
of the key installs the pack (docs/updates.md). An older version is never installed over a newer."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `knowledge` and its verbs; each sets `run`, which returns the exit code."""
    parser = subparsers.add_parser("knowledge", help="build, ask and check knowledge packs")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    _add_build(verbs)
    _add_query(verbs)
    _add_evaluate(verbs)
    _add_sign(verbs)


def _verb(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str, epilog: str
) -> argparse.ArgumentParser:
    style = argparse.RawDescriptionHelpFormatter
    return verbs.add_parser(
        name, help=about, description=f"{about}.", epilog=epilog, formatter_class=style
    )


def _add_build(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _verb(verbs, "build", "make a knowledge pack from a folder of documents", BUILD)
    parser.add_argument("directory", metavar="DIR", type=Path, help="folder of documents")
    parser.add_argument(
        "-o", "--output", metavar="PACK", type=Path, required=True, help="file to write"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_build)


def _add_query(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _verb(verbs, "query", "show the passages that answer a question", QUERY)
    parser.add_argument("pack", metavar="PACK", type=Path)
    parser.add_argument("question", metavar="Q", help="the question, in quotes")
    parser.add_argument("--k", metavar="N", type=_positive, default=3, help="passages to show (3)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_query)


def _add_evaluate(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _verb(verbs, "evaluate", "put golden questions to a pack and judge it", EVALUATE)
    parser.add_argument("pack", metavar="PACK", type=Path)
    parser.add_argument("golden", metavar="GOLDEN", type=Path, help="tab-separated questions")
    for bar in fields(Gate):
        option = f"--{bar.name.replace('_', '-')}"
        parser.add_argument(
            option, metavar="SHARE", type=_share, default=bar.default, help=f"0..1 ({bar.default})"
        )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_evaluate)


def _add_sign(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _verb(verbs, "sign", "seal a pack, so that devices accept it as an update", SIGN)
    parser.add_argument("pack", metavar="PACK", type=Path)
    parser.add_argument(
        "--key", metavar="FILE", type=Path, required=True, help="private Ed25519 key (PEM)"
    )
    parser.add_argument("--version", metavar="V", required=True, help="like 1.2.0")
    parser.add_argument(
        "--for",
        dest="compatible",
        metavar="BOARD",
        default=seal.ANY,
        help="as `compatible` in its RAUC settings (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run_sign)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 1")
    return value


def run_build(args: argparse.Namespace) -> int:
    """Build a pack, with what recognition needs to hear its words."""
    with progress_bar() as report:
        building = build_knowledge(load_config(), args.directory, args.output, report)
        built = asyncio.run(building)
    for problem in built.problems:
        print(f"warning: {problem.code}: {problem}", file=sys.stderr)
    if args.json:
        problems = [
            {"code": p.code, "what": p.what, "cause": p.cause, "remedy": p.remedy}
            for p in built.problems
        ]
        _print_json(asdict(built) | {"path": str(built.path), "problems": problems})
    else:
        print(
            f"{built.path}: {built.documents} documents, {built.passages} passages, "
            f"{built.bytes / 1e6:.1f} MB, sha256 {built.hash[:16]}"
        )
    return 0


def run_query(args: argparse.Namespace) -> int:
    """Show the best passages, and what would be said."""
    with Pack.open(args.pack) as pack:
        passages = PackRetriever(pack).retrieve(args.question, max(args.k, 1))
    known = grounded(passages)
    spoken = list(answer(args.question, passages)) if known else []
    if args.json:
        shown = [asdict(passage) for passage in passages]
        said = " ".join(sentence.text for sentence in spoken)
        _print_json(
            {"question": args.question, "grounded": known, "answer": said, "passages": shown}
        )
        return 0 if known else 1
    for number, passage in enumerate(passages, 1):
        print(f"{number}. {passage.source}  ({passage.score:.2f})")
        print("   " + passage.text.replace("\n", "\n   ") + "\n")
    print(
        "answer: "
        + (
            " ".join(s.text for s in spoken)
            if spoken
            else "none; the pack does not seem to hold one"
        )
    )
    return 0 if known else 1


def run_evaluate(args: argparse.Namespace) -> int:
    """Judge a pack by golden questions: 0 if it passes every bar, else 1."""
    gate = Gate(**{bar.name: getattr(args, bar.name) for bar in fields(Gate)})
    questions = read_golden(args.golden)
    with Pack.open(args.pack) as pack:
        outcomes = list(ask_all(pack, questions))
    summary = summarise(outcomes)
    fails = summary.shortfalls(gate)
    if args.json:
        _print_json(as_json(outcomes, gate))
    else:
        _show(outcomes, summary, fails)
    return 1 if fails else 0


def run_sign(args: argparse.Namespace) -> int:
    """Seal a pack."""
    Pack.open(args.pack).close()
    made = seal.make(
        args.pack,
        args.compatible,
        args.version,
        lambda text: sign(args.key, text, getpass.getpass, PACK),
    )
    name = seal.beside(args.pack)
    if args.json:
        _print_json({**made._asdict(), "version": str(made.version), "path": str(name)})
    else:
        print(f"{name}: version {made.version}, for {made.compatible}, sha256 {made.sha256[:16]}")
    return 0


def _show(outcomes: list[Outcome], summary: Summary, fails: list[str]) -> None:
    console = Console()
    table = Table("question", "expected", "spoken", "score", "", title="Golden questions")
    for outcome in outcomes:
        expected = " | ".join(outcome.expected) or "-"
        cells = (outcome.question, expected, outcome.spoken_source or "-")
        mark = "[green]right[/]" if outcome.right else "[red]wrong[/]"
        table.add_row(*map(escape, cells), f"{outcome.score:.2f}", mark)
    console.print(table)
    for name, value, base in _lines(summary):
        console.print(
            f"{name:32}{'-' if value is None else f'{value:.1%}':>8}  of {base}", highlight=False
        )
    verdict = "[red]fails[/]: " + escape("; ".join(fails)) if fails else "[green]passes[/]"
    console.print(f"the pack {verdict}", highlight=False)


def _lines(summary: Summary) -> list[tuple[str, float | None, str]]:
    asked, others = f"{summary.answerable} answerable", f"{summary.unanswerable} unanswerable"
    return [
        ("right source first", summary.top1, asked),
        ("right source in the top 3", summary.top3, asked),
        ("right source spoken", summary.spoken, "the answers given"),
        ("rightly left unanswered", summary.abstained, others),
        ("wrongly left unanswered", summary.refused, asked),
    ]


def _print_json(document: dict[str, object]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=1))
