"""What is written in each kind of document, and under which heading."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.errors import KnowledgeError
from appliance.knowledge.document import Section
from appliance.knowledge.formats import markdown, pdf, plain, web
from tests.appliance.knowledge import support


def outline(sections: list[Section]) -> dict[str, str]:
    return {section.anchor: "\n\n".join(section.blocks) for section in sections}


def test_markdown() -> None:
    text = """---
title: ignored
---
Before.

# Guide
Some *bold* `code` and [a link](http://x.y) &amp; so on.<br>Next.

## Reset
1. Press
   and hold.
2. Wait.
   - not long
## Reset
| Property | Value |
|---|---|
| Weight | 3 kg |
"""
    assert outline(markdown.read(text.encode(), "a.md")) == {
        "": "Before.",
        "#guide": "Some bold code and a link & so on. Next.",
        "#reset": "1. Press and hold.\n2. Wait.\n- not long",
        "#reset-1": "Weight: 3 kg.",
    }


def test_markdown_headings_nest() -> None:
    sections = markdown.read(b"# A\n## B\n### C\nx\n## D\ny\n", "a.md")
    assert [section.path for section in sections] == [("A", "B", "C"), ("A", "D")]


def test_a_table_names_its_columns_in_each_row() -> None:
    text = (
        b"# T\n\n| Code | Meaning | Remedy |\n|-|-|-|\n"
        b"| E1 | No water. | Fill |\n| E2 | | Close |\n"
    )
    (section,) = markdown.read(text, "a.md")
    assert section.blocks == (
        "Code: E1; Meaning: No water; Remedy: Fill.\nCode: E2; Remedy: Close.",
    )


def test_html() -> None:
    text = """<html><head><title>no</title><style>p{}</style></head><body>
<nav><a href=x>Home</a></nav><h1>Guide</h1><p>Some <b>bold</b>
text.</p><script>var x;</script><div><h2>Parts</h2><ul><li>one <ul><li>inner</li></ul></li>
<li>two</li></ul><table><tr><th>Code</th><th>Meaning</th></tr><tr><td>E1</td><td>No water</td></tr>
</table><dl><dt>Weight</dt><dd>3&nbsp;kg</dd></dl></div><footer>imprint</footer></body></html>"""
    assert outline(web.read(text.encode(), "a.html")) == {
        "#guide": "Some bold text.",
        "#parts": "- one\n- inner\n- two\n\nCode: E1; Meaning: No water.\n\nWeight: 3 kg",
    }


def test_plain_text() -> None:
    text = """ACME GUIDE
==========

1. Safety

Keep it
dry.

1.1 Children

1. Watch them.
2. Always.

TECHNICAL DATA

Weight ........ 3.2 kg

Mode    Light
Eco     green
"""
    assert outline(plain.read(text.encode(), "a.txt")) == {
        "#1-safety": "Keep it dry.",
        "#11-children": "1. Watch them.\n2. Always.",
        "#technical-data": "Weight: 3.2 kg\n\nMode: Eco; Light: green.",
    }


def test_text_without_headings_has_no_anchor() -> None:
    assert outline(plain.read(b"Just words.\nMore words.", "a.txt")) == {
        "": "Just words. More words."
    }


@pytest.mark.parametrize(
    "data",
    [
        "caf\u00e9".encode(),
        "caf\u00e9".encode("utf-8-sig"),
        "caf\u00e9".encode("utf-16"),
        "caf\u00e9".encode("cp1252"),
    ],
)
def test_any_usual_encoding_is_read(data: bytes) -> None:
    assert outline(plain.read(data, "a.txt")) == {"": "caf\u00e9"}


def test_pdf_pages() -> None:
    head = "Kettle manual"
    data = support.pdf(
        [head, "1. Reset", "", "Hold the button.", "Page 1"],
        [head, "It boils 1.7 l.", "Page 2"],
        [head, "Warranty: two years.", "Page 3"],
    )
    sections = pdf.read(data, "a.pdf")
    assert outline(sections) == {
        "#page=1": "Hold the button.",
        "#page=2": "It boils 1.7 l.",
        "#page=3": "Warranty: two years.",
    }
    assert [section.page for section in sections] == [1, 2, 3]
    assert sections[0].path == ("1. Reset",)


def test_a_pdf_of_pictures_says_so() -> None:
    with pytest.raises(KnowledgeError, match="pictures") as caught:
        pdf.read(support.pdf([], []), "scan.pdf")
    assert caught.value.code == "KNOW-NO-TEXT"


READERS = {"md": markdown.read, "html": web.read, "txt": plain.read}
SEEDS = (
    b"# A\n- x\n\n|a|b|\n|-|-|\n|1|2|\n```\nc\n",
    b"<h1>A</h1><table><tr><td>1<td>2</table><ul><li>x<dl><dt>t<dd>d<p>p<br>",
    b"HEAD\n\n1.1 Part\n\na    b\nc    d\n- x\nX\n---\n",
)


@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 80), st.binary(max_size=6)), max_size=6),
)
def test_mangled_text_gives_sections_or_a_clear_error(
    kind: str, seed: bytes, edits: list[tuple[int, bytes]]
) -> None:
    for place, data in edits:
        seed = seed[:place] + data + seed[place:]
    try:
        sections = READERS[kind](seed, "a")
    except KnowledgeError:
        return
    assert all(block.strip() for section in sections for block in section.blocks)


PDF = support.pdf(["Reset", "Hold the button for ten seconds."], ["More."])


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(PDF) - 1), st.integers(0, 255)), max_size=8),
    st.integers(0, len(PDF)),
)
def test_a_mangled_pdf_gives_sections_or_a_clear_error(
    edits: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(PDF)
    for place, value in edits:
        data[place] = value
    for damaged in (bytes(data), bytes(data[:cut])):
        try:
            pdf.read(damaged, "a.pdf")
        except KnowledgeError as error:
            assert error.code.startswith("KNOW-")  # noqa: PT017
