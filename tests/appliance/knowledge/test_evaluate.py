from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import KnowledgeError
from appliance.knowledge.evaluate import Gate, Outcome, ask_all, choose_threshold, summarise
from appliance.knowledge.golden import Golden, read_golden
from appliance.knowledge.pack import Pack


def outcome(expected: str, spoken: str | None, score: float, found: str = "") -> Outcome:
    sources = (expected,) if expected else ()
    return Outcome("q", sources, (found or spoken or "z",), score, "text" if spoken else "", spoken)


def test_shares_are_of_the_right_questions() -> None:
    summary = summarise(
        [
            outcome("a", "a", 0.9),
            outcome("a", "b", 0.8),
            outcome("a", None, 0.1, found="a"),
            outcome("a", "a", 0.9),
            outcome("", None, 0.1),
            outcome("", "b", 0.7),
        ]
    )
    assert (summary.answerable, summary.unanswerable) == (4, 2)
    assert (summary.top1, summary.top3, summary.spoken) == (0.75, 0.75, 2 / 3)
    assert (summary.abstained, summary.refused) == (0.5, 0.25)
    assert len(summary.shortfalls(Gate())) == 4
    assert summary.shortfalls(Gate(0, 0.7, 0.6, 0.5, 0.25)) == []


def test_a_share_of_nothing_fails_no_bar() -> None:
    summary = summarise([outcome("", None, 0.1)])
    assert summary.top3 is None
    assert summary.shortfalls(Gate()) == []


def test_the_threshold_lies_between_good_and_bad() -> None:
    good = [outcome("a", "a", score) for score in (0.9, 0.6, 0.55)]
    bad = [outcome("", None, score) for score in (0.1, 0.3, 0.4)]
    threshold, curve = choose_threshold([*good, *bad])
    assert 0.4 < threshold <= 0.55
    assert (curve[0].abstained, curve[0].refused) == (0, 0)
    assert (curve[-1].abstained, curve[-1].refused) == (1, 1)


def test_golden_lines(tmp_path: Path) -> None:
    path = tmp_path / "g.tsv"
    path.write_text("# comment\n\nhow\ta.md#x|b.md#y\r\nwho\t-\n")
    assert read_golden(path) == [Golden("how", ("a.md#x", "b.md#y"), 3), Golden("who", (), 4)]


@pytest.mark.parametrize(
    ("text", "code"),
    [("# only\n", "EMPTY"), ("no tab\n", "LINE"), ("q\t\n", "LINE"), ("\tx\n", "LINE")],
)
def test_golden_files_that_cannot_be_used(text: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "g.tsv").write_text(text)
    with pytest.raises(KnowledgeError) as caught:
        read_golden(tmp_path / "g.tsv")
    assert caught.value.code == f"KNOW-GOLDEN-{code}"
    with pytest.raises(KnowledgeError, match="no such file"):
        read_golden(tmp_path / "none.tsv")


def test_a_misspelt_source_is_not_a_wrong_answer(kettle: Pack) -> None:
    with pytest.raises(KnowledgeError, match=r"kettle\.md#warranty") as caught:
        list(ask_all(kettle, [Golden("q", ("kettle.md#waranty",), 7)]))
    assert caught.value.code == "KNOW-GOLDEN-SOURCE"
    assert "line 7" in caught.value.what
