"""Models on a terminal, and as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appliance.models.judge import fits
from appliance.models.model import Model
from appliance.models.store import Store
from appliance.models.verify import Status, Verdict

_MB = 1_000_000
_WIDE = 110
"""Columns of a terminal on which nothing need be cut short."""
Row = tuple[Model, bool, bool]
"""A model, whether it is here, and whether it fits."""


def show_list(models: list[Model], store: Store, *, as_json: bool) -> None:
    """What there is, what is here, and what fits this machine."""
    total_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _MB
    rows = [(model, store.holds(model), fits(model, total_mb)) for model in models]
    if as_json:
        listed = [{**asdict(m), "installed": here, "fits": fit} for m, here, fit in rows]
        print_json({"store": str(store.folder), "memory_mb": round(total_mb), "models": listed})
        return
    console = Console(highlight=False)
    table = Table(box=None, padding=(0, 1, 0, 0))
    widest = max((len(model.id) for model in models), default=0)
    table.add_column("model", no_wrap=True, min_width=widest + 1)  # it is there to be typed
    table.add_column("MB", no_wrap=True, min_width=5, justify="right")
    narrow = console.width < _WIDE
    table.add_column("speaks", no_wrap=True, max_width=8 if narrow else None)
    table.add_column("licence", no_wrap=True, max_width=10 if narrow else None)
    table.add_column("on", no_wrap=True, min_width=6)
    for heading in ("sell", "here", "fits"):
        table.add_column(heading, no_wrap=True, min_width=4)
    for role, group in groupby(sorted(rows, key=_role), key=_role):
        table.add_section()
        table.add_row(f"[bold]{escape(role)}[/]")
        for model, here, fit in group:
            cells = (f" {model.id}", in_mb(model.about_bytes), " ".join(model.languages))
            table.add_row(
                *map(escape, (*cells, model.licence.name, model.platform)),
                *map(_mark, (model.licence.commercial, here, fit)),
            )
    console.print(table)
    console.print("on: which processor; sell: its licence allows products; fits: this memory")
    console.print(f"store: {escape(str(store.folder))}; this machine: {total_mb:,.0f} MB of memory")


def show_verdicts(verdicts: list[Verdict], *, as_json: bool) -> None:
    """What is wrong, and how much is right."""
    if as_json:
        print_json({"files": [{**asdict(v), "status": v.status.value} for v in verdicts]})
        return
    right = [verdict for verdict in verdicts if verdict.status is Status.OK]
    for v in verdicts:
        if v.status is not Status.OK:
            print(f"{v.model}: {v.file} is {v.status.value}: {v.detail}; {v.remedy}")
    size = in_mb(sum(verdict.bytes for verdict in right))
    print(f"{len(right)} of {len(verdicts)} files are as they were locked ({size} MB)")


def in_mb(size: int) -> str:
    """Bytes as millions of bytes; `?` where nobody knows."""
    return f"{size / _MB:,.{0 if size >= _MB else 1}f}" if size else "?"


def print_json(document: dict[str, object]) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _role(row: Row) -> str:
    return " ".join(row[0].roles)


def _mark(value: object) -> str:
    return "✓" if value else "-"
