"""PDF: the text of each page, without what repeats at the head and foot of every page."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from appliance.errors import KnowledgeError
from appliance.knowledge.document import Outline, Section
from appliance.knowledge.formats.plain import outline_lines

MOST_PAGES = 2000
EDGE_LINES = 2
"""Lines at the top and at the bottom of a page where running heads stand."""

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def read(data: bytes, name: str) -> list[Section]:
    """The sections of a PDF, page by page.

    Raises:
        KnowledgeError: KNOW-ENCRYPTED, KNOW-CORRUPT-PDF, KNOW-TOO-LARGE or KNOW-NO-TEXT.
    """
    try:
        pages = _pages(data, name)
    except (FileNotDecryptedError, DependencyError) as error:
        raise _encrypted(name) from error
    except KnowledgeError:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise _corrupt(name, error) from error
    except (ArithmeticError, AssertionError, NotImplementedError, OSError) as error:
        raise _corrupt(name, error) from error
    sections: list[Section] = []
    for number, lines in enumerate(_without_running_heads(pages), 1):
        sections += _page_sections(lines, number)
    return sections


def _pages(data: bytes, name: str) -> list[list[str]]:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise _encrypted(name)
    if len(reader.pages) > MOST_PAGES:
        raise KnowledgeError(
            "KNOW-TOO-LARGE",
            f"{name} cannot be read",
            f"it has {len(reader.pages)} pages; the limit is {MOST_PAGES}",
            "split it into volumes",
        )
    pages = [page.extract_text().split("\n") for page in reader.pages]
    if not any(line.strip() for lines in pages for line in lines):
        raise KnowledgeError(
            "KNOW-NO-TEXT",
            f"{name} cannot be read",
            "its pages hold pictures, not text",
            "run text recognition over it (OCR) and save it as a PDF with text",
        )
    return pages


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    counts: Counter[str] = Counter()
    for lines in pages:
        counts.update({_shape(line) for line in _edges(lines)})
    often = max(3, len(pages) // 2)
    repeated = {shape for shape, count in counts.items() if count >= often}
    return [[line for line in lines if _shape(line) not in repeated] for lines in pages]


def _edges(lines: list[str]) -> list[str]:
    full = [line for line in lines if line.strip()]
    return full[:EDGE_LINES] + full[-EDGE_LINES:]


def _shape(line: str) -> str:
    """A line with its page number left out of account."""
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _page_sections(lines: list[str], number: int) -> list[Section]:
    outline = Outline(page=number)
    outline_lines(lines, outline)
    return [
        Section(section.path, f"#page={number}", section.blocks, number)
        for section in outline.finish()
    ]


def _encrypted(name: str) -> KnowledgeError:
    return KnowledgeError(
        "KNOW-ENCRYPTED",
        f"{name} cannot be read",
        "it is encrypted",
        "save a copy of it without a password",
    )


def _corrupt(name: str, error: Exception) -> KnowledgeError:
    return KnowledgeError(
        "KNOW-CORRUPT-PDF",
        f"{name} cannot be read",
        f"it is damaged or not a PDF ({type(error).__name__})",
        "export or download it again",
    )
