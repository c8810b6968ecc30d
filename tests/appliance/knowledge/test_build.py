"""A folder becomes a pack: what is left out and why, and that it is all or nothing."""

from __future__ import annotations

import errno
import io
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from appliance.errors import KnowledgeError
from appliance.knowledge import build, files
from appliance.knowledge.build import build_pack
from appliance.knowledge.pack import Pack, PackText
from tests.appliance.knowledge.support import MANUAL, folder, pdf


def code(docs: Path, out: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        build_pack(docs, out)
    error = caught.value
    assert error.what
    assert error.cause
    assert error.remedy
    return error.code


def test_sources_name_file_and_heading(tmp_path: Path) -> None:
    docs = folder(tmp_path / "docs", kettle_md=MANUAL, notes_txt="Only words.")
    folder(docs / "more", guide_pdf=pdf(["First."], ["Second."]), page_html="<h1>Top</h1><p>Text.")
    build_pack(docs, tmp_path / "p")
    with Pack.open(tmp_path / "p") as pack:
        assert pack.sources() == {
            "kettle.md#kettle-nord-2", "kettle.md#switching-on", "kettle.md#descaling",
            "kettle.md#fault-codes", "kettle.md#in-the-box", "kettle.md#warranty", "notes.txt",
            "more/guide.pdf#page=1", "more/guide.pdf#page=2", "more/page.html#top",
        }  # fmt: skip
        assert (
            PackText(
                ("Kettle Nord 2", "Warranty"),
                "The warranty lasts two years from the date of purchase.",
                "the kettle, Warranty",
            )
            in pack.passages()
        )


def test_the_same_documents_give_the_same_pack(tmp_path: Path) -> None:
    docs = folder(tmp_path / "docs", b_md=MANUAL, a_txt="Words.")
    one = build_pack(docs, tmp_path / "one")
    (docs / "a.txt").touch()
    two = build_pack(docs, tmp_path / "two")
    assert one.hash == two.hash
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    (docs / "a.txt").write_text("Other words.")
    assert build_pack(docs, tmp_path / "two").hash != one.hash


def encrypted() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Secret."]))))
    writer.encrypt("password", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


BAD = {
    "empty_md": (b"", "KNOW-EMPTY"),
    "blank_txt": (b" \n\t\n", "KNOW-EMPTY"),
    "bare_html": (b"<html><script>x</script></html>", "KNOW-EMPTY"),
    "binary_txt": (bytes(range(256)) * 20, "KNOW-BINARY"),
    "corrupt_pdf": (b"%PDF-1.4\n" + bytes(range(256)), "KNOW-CORRUPT-PDF"),
    "locked_pdf": (encrypted(), "KNOW-ENCRYPTED"),
    "letter_docx": (b"PK", "KNOW-UNSUPPORTED"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_document_is_reported_and_the_good_ones_are_built(name: str, tmp_path: Path) -> None:
    content, expected = BAD[name]
    docs = folder(tmp_path / "docs", good_md=MANUAL, **{name: content})
    report = build_pack(docs, tmp_path / "p")
    assert [problem.code for problem in report.problems] == [expected]
    assert ".".join(name.rsplit("_", 1)) in report.problems[0].what
    assert report.documents == 1


def test_a_huge_document_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_TEXT_BYTES", 1000)
    docs = folder(tmp_path / "docs", huge_txt="word " * 300)
    assert code(docs, tmp_path / "p") == "KNOW-ALL-BAD"


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_an_unreadable_file_is_reported(tmp_path: Path) -> None:
    docs = folder(tmp_path / "docs", good_md=MANUAL, shut_md="# X\ny")
    (docs / "shut.md").chmod(0)
    assert [p.code for p in build_pack(docs, tmp_path / "p").problems] == ["KNOW-UNREADABLE"]


def test_links_in_circles_are_entered_once(tmp_path: Path) -> None:
    docs = folder(tmp_path / "docs", good_md=MANUAL)
    (docs / "again").symlink_to(docs)
    (docs / "loop.md").symlink_to(docs / "loop.md")
    (docs / "gone.md").symlink_to(docs / "nowhere.md")
    os.mkfifo(docs / "pipe.txt")
    report = build_pack(docs, tmp_path / "p")
    assert report.documents == 1
    assert [problem.code for problem in report.problems] == ["KNOW-UNREADABLE"] * 3


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    docs = folder(tmp_path / "docs", good_md=MANUAL)
    assert code(tmp_path / "none", tmp_path / "p") == "KNOW-NO-FOLDER"
    assert code(docs / "good.md", tmp_path / "p") == "KNOW-NOT-A-FOLDER"
    assert code(folder(tmp_path / "empty"), tmp_path / "p") == "KNOW-EMPTY-FOLDER"
    assert code(docs, tmp_path) == "KNOW-UNWRITABLE"
    assert code(docs, tmp_path / "none" / "p") == "KNOW-UNWRITABLE"


@pytest.mark.parametrize(
    "failure",
    [sqlite3.OperationalError("database or disk is full"), OSError(errno.ENOSPC, "No space")],
)
def test_a_full_disk_leaves_the_old_pack_and_nothing_else(
    failure: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = folder(tmp_path / "docs", good_md=MANUAL)
    build_pack(docs, tmp_path / "p")
    before = (tmp_path / "p").read_bytes()

    def fail(*_args: object) -> str:
        raise failure

    monkeypatch.setattr(build, "_write", fail)
    assert code(docs, tmp_path / "p") == "KNOW-DISK-FULL"
    assert (tmp_path / "p").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs", "p"]


def test_another_package_puts_assets_into_the_pack(tmp_path: Path) -> None:
    docs = folder(tmp_path / "docs", good_md=MANUAL)
    seen: list[PackText] = []
    steps: list[tuple[str, float]] = []

    def assets(texts: Sequence[PackText]) -> dict[str, bytes]:
        seen.extend(texts)
        return {"lm": b"\0\1model", "dict": b""}

    report = build_pack(docs, tmp_path / "p", assets, lambda what, part: steps.append((what, part)))
    with Pack.open(report.path) as pack:
        assert pack.passages() == seen
        assert (pack.asset("lm"), pack.asset("dict"), pack.asset("x")) == (b"\0\1model", b"", None)
    parts = [part for _, part in steps]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0


def test_no_passage_is_long_and_no_word_is_lost(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(700)]
    sentences = ". ".join(" ".join(words[n : n + 9]) for n in range(0, len(words), 9))
    docs = folder(tmp_path / "docs", long_md=f"# Long\n\n{sentences}\n")
    build_pack(docs, tmp_path / "p")
    with Pack.open(tmp_path / "p") as pack:
        texts = [text.text for text in pack.passages()]
    assert " ".join(texts).replace(".", "").split() == words
    assert max(len(text.split()) for text in texts) <= 220
