from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from appliance.cli.knowledge import add_parser
from tests.appliance.knowledge.support import MANUAL, folder


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["knowledge", *map(str, words)])
    code: int = args.run(args)
    return code


def test_build_warns_of_bad_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    docs = folder(tmp_path / "docs", good_md=MANUAL, empty_md="")
    assert run("build", docs, "-o", tmp_path / "p") == 0
    printed = capsys.readouterr()
    assert printed.err.startswith("warning: KNOW-EMPTY: empty.md")
    assert printed.err.count("\n") == 1
    assert "1 documents, 6 passages" in printed.out


def test_query_exits_by_whether_there_is_an_answer(
    kettle_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("query", kettle_path, "how long is the warranty", "--json", "--k", 2) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["grounded"]
    assert "two years" in shown["answer"]
    assert shown["passages"][0]["source"] == "kettle.md#warranty"
    assert run("query", kettle_path, "what is the capital of peru") == 1
    assert "answer: none" in capsys.readouterr().out


def test_evaluate_is_a_gate(
    kettle_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden = tmp_path / "golden.tsv"
    golden.write_text("how long is the warranty\tkettle.md#warranty\nwho won the cup\t-\n")
    assert run("evaluate", kettle_path, golden) == 0
    assert "the pack passes" in capsys.readouterr().out
    golden.write_text("how long is the warranty\tkettle.md#descaling\n")
    assert run("evaluate", kettle_path, golden, "--json") == 1
    shown = json.loads(capsys.readouterr().out)
    assert not shown["passed"]
    assert shown["summary"]["top1"] == 0
    assert run("evaluate", kettle_path, golden, "--min-top3", 0, "--min-spoken", 0) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("query", "p", "q", "--k", "0"),
        ("evaluate", "p", "g", "--min-top3", "95"),
        ("build", "d"),
        (),
    ],
)
def test_misuse_exits_with_two(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*words)
    assert caught.value.code == 2
