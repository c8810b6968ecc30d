"""`appliance replay`, and the way to it: `appliance listen --wav … --trace …`."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.replay.reader import read_trace
from tests.appliance.conftest import Run
from tests.appliance.replay.support import write


def test_a_turn_becomes_a_page(run: Run, tmp_path: Path) -> None:
    trace, out = write(tmp_path / "a.trace"), tmp_path / "turn.html"
    done = run("replay", trace, "-o", out)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{out}: turn 1\n"
    assert out.read_text().startswith("<!doctype html>")
    assert out.stat().st_mode & 0o077 == 0, "as private as the trace"


def test_a_turn_becomes_a_picture(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("resvg_py", reason="needs the extra `replay`")
    out = tmp_path / "turn.png"
    assert run("replay", write(tmp_path / "a.trace"), "-o", out, "--turn", 1).code == 0
    assert out.read_bytes().startswith(b"\x89PNG")


def test_a_cut_trace_is_drawn_and_told(run: Run, tmp_path: Path) -> None:
    trace = write(tmp_path / "a.trace")
    trace.write_bytes(trace.read_bytes() + b'{"k":"sta')
    done = run("replay", trace, "-o", tmp_path / "turn.html")
    assert done.code == 0
    assert "ends in the middle of a line" in done.out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["none.trace", "-o", "turn.html"], "TRACE-READ"),
        (["a.trace", "-o", "turn.gif"], "CFG-OUT"),
        (["a.trace", "-o", "turn.html", "--turn", "7"], "TRACE-TURN"),
        (["a.trace", "-o", "nowhere/turn.html"], "REPLAY-WRITE"),
        (["other.txt", "-o", "turn.html"], "TRACE-FORMAT"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.trace")
    (tmp_path / "other.txt").write_text("not a trace\n")
    done = run("replay", *arguments)
    assert done.code == 2
    assert f"[{code}]" in done.err
    assert not (tmp_path / "turn.html").exists()


def test_sound_needs_a_trace_to_go_to(run: Run) -> None:
    done = run("listen", "--with-sound")
    assert done.code == 2
    assert "[CFG-NO-TRACE]" in done.err


@pytest.mark.slow
def test_a_recording_is_listened_to_traced_and_replayed(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    trace, out = tmp_path / "a.trace", tmp_path / "turn.html"
    done = run("listen", "--wav", red_light, "--knowledge", pack, "--trace", trace)
    assert done.code == 0, done.err
    assert [word for word in done.out.split() if word in {"idle", "thinking", "speaking"}]
    assert "turn 1: OK" in done.out
    assert "red light" not in done.out, "words are private unless asked for"
    told = read_trace(trace)
    assert (told.turns[0].outcome, told.turns[0].transcript) == ("answered", None)
    assert max(one.scores["hey jarvis"] for one in told.heard) > 0.5
    assert run("replay", trace, "-o", out).code == 0
    assert "red light" not in out.read_text()
