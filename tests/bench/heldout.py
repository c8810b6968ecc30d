"""Typed questions on documents that nothing was learnt from, by what ships.

python -m tests.bench.heldout [MANUAL…]      (default: tests/heldout)
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from appliance.knowledge.build import build_pack
from appliance.knowledge.evaluate import Outcome, ask_all, summarise
from appliance.knowledge.golden import read_golden
from appliance.knowledge.pack import Pack

HELD_OUT = Path(__file__).parents[1] / "heldout"


def main(manuals: Sequence[Path]) -> None:
    every: list[Outcome] = []
    print(f"{'':14} {'top 3':>7} {'spoken':>7} {'abstained':>10} {'refused':>8}")
    for manual in manuals:
        outcomes = _asked(manual)
        _show(manual.name, outcomes)
        every += outcomes
    _show("all", every)


def _asked(manual: Path) -> list[Outcome]:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "pack"
        build_pack(manual / "docs", path)
        with Pack.open(path) as pack:
            return list(ask_all(pack, read_golden(manual / "golden.tsv")))


def _show(name: str, outcomes: Sequence[Outcome]) -> None:
    found = summarise(outcomes)
    shares = (found.top3, found.spoken, found.abstained, found.refused)
    cells = ("-" if share is None else f"{share:.1%}" for share in shares)
    top3, spoken, abstained, refused = cells
    print(f"{name:14} {top3:>7} {spoken:>7} {abstained:>10} {refused:>8}")


if __name__ == "__main__":
    named = [Path(name) for name in sys.argv[1:]]
    main(named or sorted(path.parent for path in HELD_OUT.glob("*/golden.tsv")))
