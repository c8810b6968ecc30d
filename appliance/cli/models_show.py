"""Models on a terminal, and as JSON."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appliance.models.judge import fits
from appliance.models.model import Model
from appliance.models.store import Store
from appliance.models.verify import Status, Verdict

_MB = 1_000_000


def show_list(models: list[Model], store: Store, *, as_json: bool) -> None:
    """What there is, what is here, and what fits this machine."""
    total_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _MB
    rows = [(model, store.holds(model), fits(model, total_mb)) for model in models]
    if as_json:
        listed = [{**asdict(m), "installed": here, "fits": fit} for m, here, fit in rows]
        print_json({"store": str(store.folder), "memory_mb": round(total_mb), "models": listed})
        return
    table = Table("role", box=None)
    table.add_column("id", no_wrap=True)  # it is there to be typed
    for heading in ("MB", "languages", "runs on", "licence", "for sale", "here", "fits"):
        table.add_column(heading)
    for model, here, fit in sorted(rows, key=lambda row: row[0].roles):
        cells = (" ".join(model.roles), model.id, in_mb(model.about_bytes))
        more = (" ".join(model.languages), model.platform, model.licence.name)
        table.add_row(
            *map(escape, (*cells, *more)), *map(_yes, (model.licence.commercial, here, fit))
        )
    console = Console(highlight=False)
    console.print(table)
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
    return f"{size / _MB:,.1f}" if size else "?"


def print_json(document: dict[str, object]) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=1))


def _yes(value: object) -> str:
    return "yes" if value else "no"
