"""Manifests: what is shipped is right, and what is wrong is named."""

from __future__ import annotations

import contextlib
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import load_config, profiles
from appliance.errors import ModelError
from appliance.models.disk import sha256_of
from appliance.models.manifest import by_id, choose, load_manifest, parse_manifest
from appliance.models.model import ROLES, HuggingFace, Model, Wheel

GOOD = """
[[model]]
id = "tiny"
roles = ["slm"]
about = "a model"
languages = ["en"]
platform = "cpu"
memory_mb = 10
licence = { name = "MIT", commercial = true }
source = { repository = "maker/tiny", revision = "main" }
files = [{ name = "w.bin", about_mb = 3 }]
"""


def refusal(text: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        parse_manifest(text, "mine.toml")
    return caught.value


def test_the_shipped_manifest_has_a_model_for_every_role() -> None:
    models = load_manifest().values()
    assert {role for model in models for role in model.roles} == set(ROLES)
    assert all(model.figures for model in models if "slm" in model.roles)


def test_hashes_are_locked_for_packages_only_because_nobody_has_pulled_the_rest() -> None:
    for model in load_manifest().values():
        locked = {bool(file.sha256) for file in model.files}
        assert locked == {isinstance(model.source, Wheel)}, model.id


@pytest.mark.parametrize(
    "model",
    [m for m in load_manifest().values() if isinstance(m.source, Wheel)],
    ids=lambda m: m.id,
)
def test_locked_hashes_are_those_of_the_installed_packages(model: Model) -> None:
    assert isinstance(model.source, Wheel)
    package = metadata.distribution(model.source.package)
    assert package.version == model.source.version
    for file in model.files:
        path = Path(str(package.locate_file(model.source.folder))) / file.path
        assert path.stat().st_size == file.size
        assert sha256_of(path, lambda _share: None) == file.sha256


@pytest.mark.parametrize("profile", profiles())
def test_every_model_that_a_profile_uses_exists(profile: str) -> None:
    assert choose(load_manifest(), load_config(profile).models.use.split())


def test_a_good_manifest_is_read() -> None:
    (model,) = parse_manifest(GOOD, "mine.toml")
    assert (model.id, model.source) == ("tiny", HuggingFace("maker/tiny", "main"))
    assert model.about_bytes == 3_000_000


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("licence =", "license =", "did you mean `licence`"),
        ("[[model]]", "[[models]]", "did you mean `model`"),
        ('id = "tiny"\n', "", "`mine.toml: model 1.id` is not set"),
        ('id = "tiny"', 'id = "../etc"', "it must be of the form"),
        ('["slm"]', '["sml"]', "did you mean `slm`"),
        ('["slm"]', "[]", "a list that is not empty"),
        ('["en"]', "[1]", "a list of texts"),
        ('"cpu"', '"gpu"', "one of any, cpu, rk3576"),
        ("10", "-10", "at least 0"),
        ("10", "true", "a whole number"),
        ("commercial = true", "commercial = 1", "true or false"),
        ('name = "MIT"', 'name = "MIT", spdx = true', "licence.spdx"),
        ('revision = "main"', 'revison = "main"', "did you mean `revision`"),
        (', revision = "main"', "", "source.revision` is not set"),
        (
            'repository = "maker/tiny", revision = "main"',
            "",
            "name one of repository, url, package",
        ),
        ('revision = "main"', 'url = "https://x"', "name one of repository"),
        ('"w.bin"', '"../w.bin"', "it must be of the form"),
        ('"w.bin"', '".w.bin"', "it must be of the form"),
        ('"w.bin"', '"w.part"', "unfinished files"),
        ("about_mb = 3", 'sha256 = "12"', "64 small hexadecimal digits"),
        ("about_mb = 3", f'sha256 = "{"0" * 64}"', "has a known size"),
        ("about_mb = 3 }", 'about_mb = 3 }, { name = "w.bin" }', "names a file twice"),
        ("[[model]]", "[[model", "is not valid TOML"),
    ],
)
def test_a_mistake_is_named(old: str, new: str, hint: str) -> None:
    assert old in GOOD
    error = refusal(GOOD.replace(old, new, 1))
    assert error.code == "MOD-MANIFEST"
    assert "mine.toml" in str(error)
    assert hint in str(error)


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(ModelError, match="`tiny` is described twice"):
        by_id(parse_manifest(GOOD + GOOD, "mine.toml"))


def test_an_id_that_nobody_knows_comes_with_the_nearest() -> None:
    with pytest.raises(ModelError, match=r"did you mean `qwen3-0\.6b`"):
        choose(load_manifest(), ["qwen3-0.6"])


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such file"):
        load_manifest([tmp_path / "none.toml"])


values = st.recursive(
    st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.just("slm")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "id", "url", "package", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value % 2**60)
        case str():
            return "'" + "".join(c for c in value if c.isalnum()) + "'"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + "}"
    raise AssertionError(value)


@given(key=st.sampled_from(["id", "roles", "about", "languages", "platform", "memory_mb", "licence",
                            "source", "files", "figures", "extra"]), value=values)  # fmt: skip
def test_any_value_anywhere_is_read_or_refused_in_words(key: str, value: object) -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(f"{key} =")]
    with contextlib.suppress(ModelError):
        parse_manifest("\n".join([*lines, f"{key} = {toml(value)}"]), "mine.toml")


@given(st.text(max_size=200))
def test_garbage_is_refused_in_words(text: str) -> None:
    with contextlib.suppress(ModelError):
        parse_manifest(text, "mine.toml")
