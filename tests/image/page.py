"""The tables of docs/image.md, out of the overlay. `python -m tests.image.page` writes them."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.image.overlay import (
    BROUGHT,
    OVERLAY,
    ROOT,
    exposure,
    files,
    links,
    purpose,
    services,
    settings,
)

PAGE = ROOT / "docs" / "image.md"


def tables() -> dict[str, str]:
    """Name of the mark in the page → the table after it."""
    return {
        "files": _table(
            ("file", "why"), [(f"`/{p.relative_to(OVERLAY)}`", purpose(p)) for p in files()]
        ),
        "links": _table(("links", "lead to"), _links()),
        "exposure": _table(
            ("unit", "runs as", "exposure"),
            [(f"`{p.name}`", settings(p)["User"][0], f"{exposure(p):.1f}") for p in services()],
        ),
        "brought": _table(("file", "what"), [(f"`{k}`", v) for k, v in BROUGHT.items()]),
    }


def rendered(page: str) -> str:
    """The page with its tables as they are now."""
    for name, table in tables().items():
        page, count = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)",
            lambda marks, table=table: f"{marks[1]}{table}\n{marks[2]}",
            page,
            flags=re.DOTALL,
        )
        if count != 1:
            raise ValueError(f"{PAGE} must have one place for `{name}`")
    return page


def _links() -> list[tuple[str, str]]:
    """One row for each folder and target."""
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path, target in links().items():
        folder = f"/{path.parent.relative_to(OVERLAY)}"
        shown = target if target == "/dev/null" else "our units"
        rows[folder, shown].append(f"`{path.name}`")
    return [(f"`{folder}`: {', '.join(names)}", to) for (folder, to), names in rows.items()]


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
