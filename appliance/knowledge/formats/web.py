"""HTML: what a reader of the page would read, without its navigation and scripts."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString, Tag

from appliance.knowledge.document import Outline, Section, table_lines
from appliance.knowledge.textfile import decode

_DROPPED = "script style nav footer noscript template head svg iframe form button select object"
DROPPED = _DROPPED.split()
HEADING = re.compile(r"h[1-6]\Z")
_CONTAINERS = (
    "html body main article section div header aside blockquote figure details center "
    "fieldset address hgroup"
)
CONTAINERS = frozenset(_CONTAINERS.split())
LISTS = ("ul", "ol", "menu")


def read(data: bytes, name: str) -> list[Section]:
    """The sections of an HTML page; `KnowledgeError` if it is not text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(decode(data, name), "html.parser")
    for tag in soup.find_all(DROPPED):
        tag.decompose()
    outline = Outline()
    _flow(soup, outline)
    return outline.finish()


def _flow(parent: Tag, outline: Outline) -> None:
    """Walk what a container holds; loose text between its blocks becomes paragraphs."""
    loose: list[str] = []
    for child in parent.children:
        if isinstance(child, Tag) and not _is_inline(child):
            outline.block(" ".join(loose))
            loose = []
            _element(child, outline)
        else:
            loose.append(_text(child))
    outline.block("".join(loose))


def _is_inline(tag: Tag) -> bool:
    blocks = (*LISTS, "p", "table", "pre", "dl", "li", "br", "hr")
    if tag.name in CONTAINERS or tag.name in blocks or HEADING.match(tag.name):
        return False
    return not tag.find([*CONTAINERS, *blocks[:6], *(f"h{n}" for n in range(1, 7))])


def _element(tag: Tag, outline: Outline) -> None:
    if HEADING.match(tag.name):
        outline.heading(int(tag.name[1]), _text(tag))
    elif tag.name in LISTS:
        outline.block("\n".join(_items(tag)))
    elif tag.name == "table":
        rows = [row.find_all(["th", "td"]) for row in tag.find_all("tr")]
        outline.block(table_lines([[_text(cell) for cell in row] for row in rows]))
    elif tag.name == "dl":
        outline.block(_definitions(tag))
    elif tag.name == "pre":
        outline.block(tag.get_text())
    elif tag.name == "p" and not tag.find(LISTS):
        outline.block(_text(tag))
    else:
        _flow(tag, outline)


def _items(tag: Tag) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(tag.find_all("li", recursive=False), 1):
        mark = f"{number}." if tag.name == "ol" else "-"
        inner = [child for child in item.find_all(LISTS) if child.find_parent("li") is item]
        nested = [line for child in inner for line in _items(child)]
        for child in inner:
            child.extract()
        lines += [f"{mark} {_text(item)}", *nested]
    return lines


def _definitions(tag: Tag) -> str:
    lines: list[str] = []
    for part in tag.find_all(["dt", "dd"]):
        if part.name == "dd" and lines:
            lines[-1] += f"{' ' if lines[-1].endswith('.') else ': '}{_text(part)}"
        else:
            lines.append(_text(part).rstrip(":"))
    return "\n".join(lines)


def _text(node: object) -> str:
    """One line; a `<br>` is a space, a comment nothing."""
    if isinstance(node, Tag):
        return " " if node.name == "br" else " ".join("".join(map(_raw, node.descendants)).split())
    return _raw(node)


def _raw(node: object) -> str:
    if isinstance(node, Tag):
        return " " if node.name in ("br", "p", "div", "li", "td") else ""
    if isinstance(node, PreformattedString) or not isinstance(node, NavigableString):
        return ""
    return re.sub(r"\s+", " ", str(node))
