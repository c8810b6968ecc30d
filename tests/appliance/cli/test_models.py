"""`appliance models`: what a person types, sees, and gets as an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.appliance.conftest import Run

MANIFEST = """
[[model]]
id = "tiny"
roles = ["wake"]
about = "our own phrase"
languages = ["en"]
platform = "any"
memory_mb = {memory_mb}
licence = {{ name = "ours", commercial = {commercial} }}
source = {{ url = "https://models.invalid" }}
files = [{{ name = "phrase.onnx", about_mb = 3 }}]
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(MANIFEST.format(memory_mb=5, commercial="true"))
    (tmp_path / "usb" / "tiny").mkdir(parents=True)
    (tmp_path / "usb" / "tiny" / "phrase.onnx").write_bytes(b"weights")
    return path


@pytest.fixture
def models(run: Run, mine: Path, tmp_path: Path) -> Run:
    def run_models(verb: str, *words: object):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return run("models", verb, *words, "--store", tmp_path / "store", "--manifest", mine)

    return run_models


def test_list_shows_what_is_here_and_what_may_be_sold(models: Run) -> None:
    result = models("list", "--json")
    listed = {model["id"]: model for model in json.loads(result.out)["models"]}
    assert result.code == 0
    assert listed["silero-vad"]["installed"]
    assert not listed["qwen3-0.6b"]["installed"]
    assert not listed["openwakeword-phrases"]["licence"]["commercial"]
    assert listed["qwen3-0.6b"]["figures"]
    assert "fits" in listed["tiny"]


def test_list_of_one_role_fits_a_terminal(models: Run) -> None:
    result = models("list", "--role", "wake")
    assert "openwakeword-phrases" in result.out
    assert "tiny" in result.out
    assert "qwen" not in result.out


def test_a_model_too_large_for_this_machine_is_told(models: Run, mine: Path) -> None:
    mine.write_text(MANIFEST.format(memory_mb=10**9, commercial="true"))
    (large,) = (
        model
        for model in json.loads(models("list", "--json").out)["models"]
        if model["id"] == "tiny"
    )
    assert not large["fits"]


def test_pull_verify_and_damage(models: Run, tmp_path: Path) -> None:
    pulled = models("pull", "tiny", "--mirror", tmp_path / "usb", "--offline")
    assert pulled.code == 0
    assert f"tiny: phrase.onnx pulled from {tmp_path}/usb/tiny/phrase.onnx" in pulled.out
    again = models("pull", "tiny", "--offline", "--json")
    assert json.loads(again.out)["files"][0]["outcome"] == "was there already"
    assert models("verify", "tiny").code == 0
    (tmp_path / "store" / "tiny" / "phrase.onnx").write_bytes(b"WEIGHTS")
    damaged = models("verify")
    assert damaged.code == 1
    assert "tiny: phrase.onnx is changed" in damaged.out
    assert "appliance models pull tiny" in damaged.out
    document = json.loads(models("verify", "--json").out)
    assert "changed" in {file["status"] for file in document["files"]}


def test_verify_remembers_files_whose_manifest_is_not_named(
    models: Run, run: Run, tmp_path: Path
) -> None:
    models("pull", "tiny", "--mirror", tmp_path / "usb", "--offline")
    (tmp_path / "store" / "tiny" / "phrase.onnx").unlink()
    result = run("models", "verify", "--store", tmp_path / "store")
    assert result.code == 1
    assert "tiny: phrase.onnx is missing" in result.out


def test_a_verb_without_the_network_has_one_error(models: Run) -> None:
    for words, code in (
        (["tiny", "--offline"], "MOD-NO-PLACE"),
        (["tiny", "--offline", "--mirror", "https://x.invalid"], "MOD-OFFLINE"),
        (["tiny", "--mirror", "ftp://x.invalid"], "MOD-ADDRESS"),
        (["tinny"], "MOD-ID"),
    ):
        result = models("pull", *words)
        assert result.code == 2
        assert result.err.startswith("error: ")
        assert result.err.endswith(f"[{code}]\n")
        assert result.err.count("\n") == 1


def test_the_network_is_asked_only_by_pull(models: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Nobody:
        def open(self, address: str, start: int, validator: str) -> None:
            asked.append(address)
            raise KeyboardInterrupt

    monkeypatch.setattr("appliance.models.remote.Remote", Nobody)
    for verb in (["list"], ["verify"], ["check", "--production"]):
        models(*verb)
    assert asked == []
    result = models("pull", "tiny")
    assert asked == ["https://models.invalid/phrase.onnx"]
    assert result.code == 130
    assert "what has arrived is kept" in result.err


def test_the_bundled_profile_is_not_for_products_and_says_why(models: Run) -> None:
    result = models("check", "--production", "--json")
    (objection,) = json.loads(result.out)["objections"]
    assert result.code == 1
    assert (objection["model"], objection["code"]) == ("openwakeword-phrases", "MOD-LICENCE")


def test_a_model_is_for_products_once_its_hash_is_locked(models: Run, tmp_path: Path) -> None:
    before = models("check", "--production", "tiny", "silero-vad")
    assert before.code == 1
    assert "no hash is locked for phrase.onnx" in before.out
    models("pull", "tiny", "--mirror", tmp_path / "usb", "--offline")
    assert models("check", "--production", "tiny", "silero-vad").code == 0


def test_an_owners_configuration_names_its_models(models: Run, tmp_path: Path) -> None:
    config = tmp_path / "mine-config.toml"
    config.write_text('[models]\nuse = "silero-vad"\n')
    assert models("check", "--production", "--config", config).code == 0


def test_the_store_is_where_the_configuration_says(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "mine-config.toml"
    config.write_text(f'[storage]\nfolder = "{tmp_path}/state"\n')
    result = run("models", "pull", "silero-vad", "--config", config)
    assert result.code == 0
    assert (tmp_path / "state" / "models" / "models.lock").is_file()


def test_a_wrong_manifest_is_one_error(models: Run, mine: Path) -> None:
    mine.write_text("[[modell]]")
    result = models("list")
    assert result.code == 2
    assert "did you mean `model`?" in result.err


def test_a_package_that_is_missing_is_part_of_the_verdict(models: Run, mine: Path) -> None:
    mine.write_text(
        MANIFEST.format(memory_mb=5, commercial="true").replace(
            'url = "https://models.invalid"', 'package = "nope", version = "1", folder = "x"'
        )
    )
    result = models("verify", "tiny")
    assert result.code == 1
    assert "pip install" in result.out
    assert models("pull", "tiny").err.endswith("[MOD-NO-PACKAGE]\n")
