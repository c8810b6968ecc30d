"""The figures of the engines: a table for people, a document for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from appliance.bench.machine import Machine
from appliance.bench.measure import Row, Spread
from appliance.bench.published import PUBLISHED, Published
from appliance.bench.roles import (
    ANSWER_TOKENS,
    PROMPT_TOKENS,
    QUANTITIES,
    Quantity,
    Role,
    shown,
)

NONE = "-"


def print_rows(rows: Sequence[Row], here: Machine) -> None:
    """A table for each role that was measured; then what failed, and whence the rest is."""
    console = Console(highlight=False)
    roles = [role for role in Role if any(row.role is role for row in rows)]
    theirs = [row for row in PUBLISHED if row.is_brief and row.role in roles]
    origins = list(dict.fromkeys(row.origin for row in theirs))
    for role in roles:
        columns = [quantity for quantity in QUANTITIES if role in quantity.roles]
        table = Table(role.value, box=None, pad_edge=False, header_style="bold")
        for quantity in columns:
            table.add_column(quantity.heading, justify="right")
        for row in rows:
            if row.role is role:
                table.add_row(*_our_cells(row, columns, here))
        for other in theirs:
            if other.role is role:
                number = origins.index(other.origin) + 1
                table.add_row(*_their_cells(other, columns, number))
        console.print(table, "")
    _print_failures(console, rows)
    console.print(f"[cyan]ours[/], on {escape(here.name)}; load {here.load:g}; ± half the spread")
    for number, origin in enumerate(origins, start=1):
        console.print(f"[dim]{number}: published, not measured by us: {origin}[/]")


def _print_failures(console: Console, rows: Sequence[Row]) -> None:
    for row in rows:
        if error := row.error:
            told = f"{row.engine}: {error.what}: {error.cause}; {error.remedy} [{error.code}]"
            console.print(f"[red]{escape(told)}[/]", soft_wrap=True)


def _our_cells(row: Row, columns: Sequence[Quantity], here: Machine) -> Iterator[str]:
    told = [f"[cyan]{escape(row.engine)}, {escape(row.model)}[/]"]
    told += [f"{row.task}: {row.did}"] if row.task else []
    told += [escape(here.name)]
    told += [f"[red]{row.error.code}[/]"] if row.error else []
    yield "\n".join(told)
    for quantity in columns:
        spread = row.figures.get(quantity.name)
        yield _spread(spread) if spread else NONE


def _spread(spread: Spread) -> str:
    """The median, and half of the spread as a share of it."""
    half = (spread.high - spread.low) / 2 / (spread.median or 1.0)
    return shown(spread.median) + (f"\n[dim]±{half:.0%}[/]" if half else "")


def _their_cells(row: Published, columns: Sequence[Quantity], number: int) -> Iterator[str]:
    task = f"{row.task}; " if row.task else ""
    yield f"[dim]{row.engine}, {row.model}\n{task}{row.where} ({number})[/]"
    for quantity in columns:
        value = row.figures.get(quantity.name)
        yield NONE if value is None else f"[dim]{value:g}[/]"


def document(rows: Sequence[Row], here: Machine) -> dict[str, Any]:
    """Everything; null is a figure that such an engine has not, or that nobody published."""
    published = [
        asdict(row) | {"role": row.role.value, "figures": _all(row.figures)} for row in PUBLISHED
    ]
    return {
        "machine": asdict(here) | {"name": here.name},
        "prompt_tokens": PROMPT_TOKENS,
        "answer_tokens": ANSWER_TOKENS,
        "rows": [_ours(row, here) for row in rows],
        "published": published,
    }


def _ours(row: Row, here: Machine) -> dict[str, Any]:
    error = row.error
    return {
        "engine": row.engine,
        "role": row.role.value,
        "model": row.model,
        "task": row.task,
        "did": row.did,
        "where": here.name,
        "rounds": row.rounds,
        "figures": _all({name: _rounded(spread) for name, spread in row.figures.items()}),
        "error": error and {"code": error.code, "what": error.what, "cause": error.cause},
    }


def _all(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {quantity.name: figures.get(quantity.name) for quantity in QUANTITIES}


def _rounded(spread: Spread) -> dict[str, float]:
    return {name: round(value, 4) for name, value in spread._asdict().items()}
