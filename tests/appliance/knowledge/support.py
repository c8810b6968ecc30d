"""Small documents for tests."""

from __future__ import annotations

from pathlib import Path

MANUAL = """# Kettle Nord 2

The Nord 2 boils 1.7 litres of water.

## Switching on

1. Fill the kettle with cold water.
2. Close the lid.
3. Press the **blue** button.

## Descaling

Descale the kettle every three months. Pour in 500 ml of vinegar, wait 20 minutes,
then rinse twice. Limescale wastes energy, e.g. up to 10 % per boil.

## Fault codes

| Code | Meaning | Remedy |
|------|---------|--------|
| E1 | No water | Fill the kettle |
| E2 | Lid open | Close the lid |

## In the box

The box holds:

- the kettle
- the base
- a filter

## Warranty

The warranty lasts two years from the date of purchase.
"""


def folder(root: Path, **files: str | bytes) -> Path:
    """A folder of documents; `guide_md="…"` makes `guide.md`."""
    root.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (root / ".".join(name.rsplit("_", 1))).write_bytes(data)
    return root


def pdf(*pages: list[str]) -> bytes:
    """A PDF with these lines on its pages."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        stream = f"BT /F1 11 Tf 14 TL 50 780 Td {shown} ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >> /MediaBox [0 0 595 842]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * i} 0 R >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    return _file(objects)


def _file(objects: list[str]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    table += "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + table.encode() + trailer.encode()
