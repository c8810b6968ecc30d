"""`appliance bench engines`: every engine in the table, the document and the plot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from appliance.bench.chart import page, picture_svg
from appliance.bench.machine import Machine
from appliance.bench.measure import Row, Spread
from appliance.bench.published import PUBLISHED
from appliance.bench.roles import QUANTITIES, Role
from appliance.cli.bench_engines_report import document, print_rows
from appliance.errors import EngineError
from tests.appliance.conftest import Run
from tests.appliance.cpu_models import cpu_settings

HERE = Machine("AMD <EPYC>", 2, 8000, None, 0.5)
ERROR = EngineError("ENG-NO-MODEL", "no <model>", "no file /x", "pull it")
SLOW = Spread(0.25, 0.2, 0.3)
FIGURES = {quantity.name: SLOW for quantity in QUANTITIES}
BROKEN = Row("piper", Role.VOICE, "tiny", "", "", {}, 0, ERROR)


def _row(engine: str, role: Role) -> Row:
    figures = {q.name: SLOW for q in QUANTITIES if role in q.roles}
    return Row(engine, role, "tiny", "a task", "9 done", figures, 3, None)


ROWS = [_row("sphinx", Role.RECOGNITION), _row("llama", Role.ANSWERS), _row("espeak", Role.VOICE)]


def _texts(svg: str) -> list[str]:
    return [
        element.text or "" for element in ET.fromstring(svg).iter() if element.tag[-4:] == "text"
    ]


def test_the_table_has_every_column_says_where_and_whence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_rows([*ROWS, BROKEN], HERE)
    told = capsys.readouterr().out
    for quantity in QUANTITIES:
        assert quantity.heading.split("\n")[0] in told
    assert told.count("AMD <EPYC>, 2 cores; not run on a") >= len(ROWS) + 2
    assert told.count("±20%") == sum(len(row.figures) for row in ROWS)
    for row in (row for row in PUBLISHED if row.is_brief):
        assert row.model in told
        assert row.source in told
    assert "ENG-NO-MODEL" in told
    assert "pull it" in told
    assert max(map(len, told.splitlines())) <= 80


def test_the_document_has_a_place_for_every_figure_of_every_row() -> None:
    told = json.loads(json.dumps(document([*ROWS, BROKEN], HERE)))
    names = {quantity.name for quantity in QUANTITIES}
    assert all(set(row["figures"]) == names for row in told["rows"] + told["published"])
    assert told["rows"][1]["figures"]["decode_tokens_per_s"] == SLOW._asdict()
    assert told["rows"][1]["where"] == HERE.name
    assert told["rows"][-1]["error"]["code"] == "ENG-NO-MODEL"
    assert len(told["published"]) == len(PUBLISHED)


def test_the_plot_is_an_svg_with_labels_and_ours_are_of_another_colour() -> None:
    svg = picture_svg([*ROWS, BROKEN], HERE)
    told = "\n".join(_texts(svg))
    for part in ("llama · tiny · a task", HERE.name, "MLC · 13B", "rknn-llm benchmark.md", "0.250"):
        assert part in told
    assert "piper · tiny: no <model> [ENG-NO-MODEL]" in told
    bars = [e for e in ET.fromstring(svg).iter() if e.get("height") == "11"]
    kinds = {title.text: bar.get("class") for bar in bars for title in bar}
    assert (kinds["llama · tiny · a task"], kinds["MLC · 13B"]) == ("level", "idle")
    assert "Content-Security-Policy" in page(ROWS, HERE)
    assert "<EPYC>" not in page(ROWS, HERE)


def test_what_was_not_measured_has_no_panel() -> None:
    told = "\n".join(_texts(picture_svg([BROKEN, _row("espeak", Role.VOICE)], HERE)))
    assert "Voice: seconds" in told
    assert "Answers" not in told


def test_real_loaders_with_home_made_models_and_one_that_is_broken(
    run: Run, pack: Path, tmp_path: Path
) -> None:
    pytest.importorskip("xllamacpp")
    settings, out = cpu_settings(tmp_path), tmp_path / "engines.svg"
    broken = tmp_path / "random.gguf"
    given = ("--profile", "cpu", "--config", settings, "--knowledge", pack, "--rounds", 1)
    result = run("bench", "engines", *given, "--json", "-o", out)
    assert (result.code, result.err) == (0, "")
    rows = json.loads(result.out)["rows"]
    found = {row["engine"]: row for row in rows}
    assert [row["engine"] for row in rows] == [
        *("faster-whisper", "reader", "llama"),
        *["espeak"] * 3,
        *["piper"] * 3,
    ]
    assert all(row["error"] is None and row["rounds"] == 1 for row in rows)
    assert _known(found["faster-whisper"]) == {"whole_s", "rtf", "load_s", "peak_mb"}
    assert found["faster-whisper"]["task"] == "4.0 s of sound"
    assert found["faster-whisper"]["did"] == "3 words heard"
    assert found["llama"]["did"] == "128 in, 64 out"
    assert _known(found["llama"]) == {
        *("first_ms", "whole_s", "prefill_tokens_per_s", "decode_tokens_per_s"),
        *("load_s", "peak_mb"),
    }
    assert _known(found["piper"]) == {"first_ms", "whole_s", "rtf", "load_s", "peak_mb"}
    assert _known(found["reader"]) == {"first_ms", "whole_s", "load_s", "peak_mb"}
    assert all(row["figures"]["peak_mb"]["median"] > 10 for row in rows)
    assert "piper · tiny · 51 characters" in "\n".join(_texts(out.read_text()))

    broken.write_bytes(b"junk " * 1000)
    given = (*given, "--engine", "llama", "--engine", "espeak")
    result = run("bench", "engines", *given)
    assert result.code == 1
    assert "ENG-LLAMA-MODEL" in result.out
    assert "espeak, en-us" in result.out


def _known(row: dict[str, Any]) -> set[str]:
    return {name for name, figure in row["figures"].items() if figure is not None}


@pytest.mark.parametrize(
    ("out", "code"), [("plot.gif", "CFG-OUT"), ("nowhere/plot.svg", "BENCH-WRITE")]
)
def test_a_plot_that_cannot_be_written_is_said_in_a_line(
    run: Run, pack: Path, tmp_path: Path, out: str, code: str
) -> None:
    given = ("--engine", "espeak", "--rounds", 1, "--knowledge", pack)
    result = run("bench", "engines", *given, "-o", tmp_path / out)
    assert result.code == 2
    assert f"[{code}]" in result.err
