"""`appliance ask`: the contract of DESIGN §6, and what bad input gets."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from appliance.engines.sphinx.recogniser import DICTIONARY, LANGUAGE
from appliance.knowledge.pack import Pack
from audio.files import write_wav
from audio.format import RATE_HZ
from tests.appliance.conftest import Run

RIGHT = "user-guide.md#what-the-lights-mean"


def test_a_recording_becomes_a_spoken_grounded_answer(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    result = run("ask", red_light, "--knowledge", pack, "--out", tmp_path, "--json")
    (turn,) = result.turns
    assert result.code == 0
    assert (turn["outcome"], turn["reason"], turn["turn_id"]) == ("answered", "OK", 1)
    assert turn["wav"] == str(red_light)
    assert turn["wake"]["phrase"] == "hey jarvis"
    assert turn["wake"]["score"] > 0.3
    assert 0.5 < turn["wake"]["at_s"] < turn["speech"]["start_s"] < turn["speech"]["end_s"]
    assert "red light" in turn["transcript"]
    assert turn["passages"][0]["source"] == turn["sources"][0] == RIGHT
    assert "filter must be replaced" in turn["answer"]
    states = [name for name, _ in turn["states"]]
    assert states == ["idle", "listening", "thinking", "speaking", "idle"]
    times = [at for _, at in turn["states"]]
    assert times == sorted(times)
    assert turn["heard_s"] == pytest.approx(turn["audio_s"], abs=0.01)


@pytest.mark.timed
def test_timings_count_from_the_true_end_of_speech(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    (turn,) = run("ask", red_light, "--knowledge", pack, "--out", tmp_path, "--json").turns
    timings = turn["timings_ms"]
    speaking_at = dict(turn["states"])["speaking"]
    from_end_ms = 1000 * (speaking_at - turn["speech"]["end_s"])
    assert timings["first_audio"] == pytest.approx(from_end_ms, abs=20)
    stages = turn["stages_ms"]
    assert set(stages) == {"endpoint", "asr", "retrieve", "first_token", "tts_first_chunk"}
    assert stages["endpoint"] == [0.0, pytest.approx(timings["endpoint"])]
    assert stages["asr"][0] == pytest.approx(125, abs=33), "at the first silence"
    assert all(begins <= ends <= timings["first_audio"] + 5 for begins, ends in stages.values())


def test_the_answer_wav_holds_what_was_heard(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    (turn,) = run("ask", red_light, "--knowledge", pack, "--out", tmp_path, "--json").turns
    assert turn["audio"] == str(tmp_path / "red light.answer.wav")
    with wave.open(turn["audio"]) as wav:
        assert wav.getnframes() / wav.getframerate() == pytest.approx(turn["heard_s"], abs=0.01)
        samples = np.frombuffer(wav.readframes(wav.getnframes()), np.int16)
    assert np.abs(samples).max() > 3000
    assert [path.name for path in tmp_path.iterdir()] == ["red light.answer.wav"]


def test_typed_questions_are_answered_or_declined(run: Run, pack: Path, tmp_path: Path) -> None:
    result = run(
        "ask",
        "--knowledge",
        pack,
        "--out",
        tmp_path,
        "--json",
        "--text",
        "How do I reset the purifier?",
        "--text",
        "Who won the world cup?",
    )
    answered, declined = result.turns
    assert (answered["wav"], answered["wake"]) == ("text-1", None)
    assert answered["sources"] == ["user-guide.md#resetting-the-purifier"]
    assert (declined["outcome"], declined["answer"], declined["sources"]) == ("abstained", "", [])
    assert result.code == 0


def test_people_get_words_a_source_and_a_timeline(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    result = run("ask", red_light, "--knowledge", pack, "--out", tmp_path)
    for part in ("answered", "hey jarvis", RIGHT, "recognition", "━", "first sound after"):
        assert part in result.out
    assert result.err == ""


def test_every_width_rate_and_channel_count_is_heard(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    samples, rate = soundfile.read(red_light)
    for subtype in ("PCM_U8", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"):
        soundfile.write(tmp_path / f"{subtype}.wav", samples, rate, subtype=subtype)
    for hz in (8_000, 44_100, 96_000):
        soundfile.write(tmp_path / f"{hz}.wav", soxr.resample(samples, rate, hz), hz)
    soundfile.write(tmp_path / "stereo.wav", np.stack([samples, samples], axis=1), rate)
    soundfile.write(tmp_path / "flac.flac", samples, rate)
    wavs = sorted(tmp_path.iterdir())
    out = tmp_path / "out"
    result = run("ask", *wavs, "--knowledge", pack, "--out", out, "--json")
    assert {turn["wav"]: turn["sources"] for turn in result.turns} == {
        str(wav): [RIGHT] for wav in wavs
    }


BAD = {
    "empty.wav": ("AUD-EMPTY", b""),
    "text.wav": ("AUD-NOT-AUDIO", b"this is no recording at all " * 50),
    "riff.wav": ("AUD-", b"RIFF\x24\x00\x00\x00WAVEfmt "),
}


def test_bad_recordings_get_a_line_each_and_the_others_are_answered(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    for name, (_, content) in BAD.items():
        (tmp_path / name).write_bytes(content)
    whole = red_light.read_bytes()
    (tmp_path / "truncated.wav").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "folder.wav").mkdir()
    write_wav(tmp_path / "one-sample.wav", np.ones(1, np.int16), RATE_HZ)
    wavs = [*sorted(tmp_path.iterdir()), tmp_path / "missing.wav", red_light]
    result = run("ask", *wavs, "--knowledge", pack, "--out", tmp_path / "out", "--json")
    by_name = {Path(turn["wav"]).name: turn for turn in result.turns}
    assert result.code == 2
    expected = {name: code for name, (code, _) in BAD.items()} | {
        "truncated.wav": "AUD-TRUNCATED",
        "folder.wav": "AUD-NOT-A-FILE",
        "missing.wav": "AUD-NO-FILE",
    }
    for name, code in expected.items():
        assert (by_name[name]["outcome"], by_name[name]["reason"]) == ("failed", "BAD_AUDIO")
        assert by_name[name]["error"]["code"].startswith(code)
    assert by_name["one-sample.wav"]["outcome"] == "no_wake"
    assert by_name["red light.wav"]["sources"] == [RIGHT]
    lines = result.err.strip().splitlines()
    assert len(lines) == len(expected)
    assert all(line.startswith("error: ") and line.count(";") >= 2 for line in lines)


def test_a_wake_phrase_without_a_question(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    samples, rate = soundfile.read(red_light, dtype="int16")
    wav = tmp_path / "wake only.wav"
    write_wav(wav, samples[: int(1.35 * rate)], rate)
    result = run("ask", wav, "--knowledge", pack, "--out", tmp_path, "--json")
    (turn,) = result.turns
    assert (turn["outcome"], turn["audio"], result.code) == ("no_speech", None, 0)


def test_two_questions_in_one_recording_are_two_turns(
    run: Run, pack: Path, red_light: Path, tmp_path: Path
) -> None:
    samples, rate = soundfile.read(red_light, dtype="int16")
    wav = tmp_path / "two.wav"
    write_wav(wav, np.concatenate([samples, np.zeros(15 * rate, np.int16), samples]), rate)
    turns = run("ask", wav, "--knowledge", pack, "--out", tmp_path, "--json").turns
    assert [turn["turn_id"] for turn in turns] == [1, 2]
    assert [Path(turn["audio"]).name for turn in turns] == ["two.answer.wav", "two.answer-2.wav"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ask"], "CFG-NO-QUESTION"),
        (["ask", "--text", "hi"], "CFG-NO-PACK"),
        (["ask", "--text", "hi", "--knowledge", "{tmp}/none.pack"], "KNOW-PACK-MISSING"),
        (["ask", "--text", "hi", "--knowledge", "{tmp}"], "KNOW-PACK-FOLDER"),
        (["ask", "--text", "hi", "--knowledge", "{tmp}/empty"], "KNOW-PACK-"),
        (["ask", "--text", "hi", "--knowledge", "{tmp}/random"], "KNOW-PACK-"),
        (["ask", "--text", "hi", "--knowledge", "{pack}", "--profile", "bundeld"], "CFG-PROFILE"),
        (["ask", "--text", "hi", "--knowledge", "{pack}", "--config", "{tmp}/no"], "CFG-FILE"),
        (["ask", "--text", "hi", "--knowledge", "{pack}", "--config", "{tmp}/typo"], "CFG-UNKNOWN"),
        (["ask", "--text", "hi", "--knowledge", "{pack}", "--out", "{tmp}/random"], "AUD-WRITE"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(
    run: Run, pack: Path, tmp_path: Path, arguments: list[str], code: str
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "random").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "typo").write_text("[wake.phrase]\nalexa = 0.5\n")
    result = run(*(part.format(tmp=tmp_path, pack=pack) for part in arguments))
    (line,) = result.err.strip().splitlines()
    assert result.code == 2
    assert line.startswith("error: ")
    assert f"[{code}" in line


def test_misuse_is_told_by_the_parser(run: Run) -> None:
    for arguments in ([], ["--bogus"], ["ask", "--bogus"], ["nonsense"]):
        assert run(*arguments).code == 2


@pytest.mark.parametrize(
    "verb", [[], ["ask"], ["demo"], ["doctor"], ["run"], ["knowledge"], ["knowledge", "build"]]
)
def test_help_teaches(run: Run, verb: list[str]) -> None:
    result = run(*verb, "--help")
    assert result.code == 0
    assert "usage: appliance" in result.out


def test_a_pack_of_the_command_line_teaches_the_ears_its_words(pack: Path) -> None:
    with Pack.open(pack) as built:
        dictionary = (built.asset(DICTIONARY) or b"").decode()
        assert built.asset(LANGUAGE)
    assert "\npurifier " in dictionary


def test_ears_that_break_are_a_failure_and_not_a_missing_wake_phrase(
    run: Run, pack: Path, red_light: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the model is out of memory")

    monkeypatch.setattr("audio.ears.Ears.feed", broken)
    result = run("ask", red_light, "--knowledge", pack, "--out", tmp_path, "--json")
    (turn,) = result.turns
    assert (turn["outcome"], turn["reason"], result.code) == ("failed", "FAULT", 1)
    assert turn["error"]["code"] == "AUD-EARS"
    assert "out of memory" in result.err
