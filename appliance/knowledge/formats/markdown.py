"""Markdown: headings become the path; lists, tables and code stay readable as plain text."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from appliance.knowledge.document import Outline, Section, table_lines
from appliance.knowledge.textfile import decode

FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
TAG = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)


def read(data: bytes, name: str) -> list[Section]:
    """The sections of a Markdown document; `KnowledgeError` if it is not text."""
    text = FRONT_MATTER.sub("", decode(data, name))
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    outline = Outline()
    for node in SyntaxTreeNode(parser.parse(text)).children:
        _walk(node, outline)
    return outline.finish()


def _walk(node: SyntaxTreeNode, outline: Outline) -> None:
    if node.type == "heading":
        outline.heading(int(node.tag[1:]), _inline(node))
    elif node.type == "blockquote":
        for child in node.children:
            _walk(child, outline)
    else:
        outline.block(_block(node))


def _block(node: SyntaxTreeNode) -> str:
    if node.type in ("bullet_list", "ordered_list"):
        return "\n".join(_items(node))
    if node.type == "table":
        rows = [row for part in node.children for row in part.children]
        return table_lines([[_inline(cell) for cell in row.children] for row in rows])
    if node.type in ("fence", "code_block"):
        return node.content
    if node.type == "html_block":
        return TAG.sub(" ", node.content)
    return _inline(node)


def _items(node: SyntaxTreeNode) -> list[str]:
    """One line for each item of a list; items of lists within it follow as lines of their own."""
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    lines: list[str] = []
    for item in node.children:
        mark = "-" if number is None else f"{number}."
        inner = [child for child in item.children if child.type.endswith("_list")]
        own = " ".join(_block(child) for child in item.children if child not in inner)
        lines.append(f"{mark} {' '.join(own.split())}")
        lines.extend(line for child in inner for line in _items(child))
        number = None if number is None else number + 1
    return lines


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    if node.type == "html_inline":
        return " " if node.content.lower().startswith("<br") else ""
    return "".join(_inline(child) for child in node.children)
