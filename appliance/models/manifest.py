"""The manifests, which describe the models that exist.

A manifest is TOML, one `[[model]]` a model; docs/models.md explains every key. A hash or a size
that nobody has checked is left out: such a file is *unlocked*.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from importlib import resources
from pathlib import Path

from appliance.errors import ModelError
from appliance.models.model import (
    PLATFORMS,
    ROLES,
    HuggingFace,
    Licence,
    Model,
    ModelFile,
    Origin,
    Web,
    Wheel,
)
from appliance.models.reading import Table, suggestion, wrong

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")  # of a file: no folders, nothing hidden
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_HASH = re.compile(r"[0-9a-f]{64}")

_KINDS: dict[str, type[Origin]] = {"repository": HuggingFace, "url": Web, "package": Wheel}
"""A source's kind, by the key that tells it."""


def load_manifest(further: Sequence[Path] = ()) -> dict[str, Model]:
    """Every model that the program knows, and those of `further` manifests, by id.

    Raises:
        ModelError: (`MOD-MANIFEST`) a manifest is wrong, or names a model a second time.
    """
    shipped = resources.files("appliance") / "models" / "catalogue"
    pages = sorted(
        (page.name, page.read_text(encoding="utf-8"))
        for page in shipped.iterdir()
        if page.name.endswith(".toml")
    )
    texts = [*pages, *((str(path), _read(path)) for path in further)]
    return by_id(model for name, text in texts for model in parse_manifest(text, name))


def by_id(models: Iterable[Model]) -> dict[str, Model]:
    """The models by id; ModelError (`MOD-MANIFEST`) where one occurs twice."""
    found: dict[str, Model] = {}
    for model in models:
        if model.id in found:
            raise wrong(model.id, "is described twice", "an id names one model")
        found[model.id] = model
    return found


def parse_manifest(text: str, name: str) -> list[Model]:
    """The models of a manifest; `name` is the file's, for errors.

    Raises:
        ModelError: (`MOD-MANIFEST`) it is no manifest; the error names the key.
    """
    try:
        page = Table(tomllib.loads(text), name, ("model",))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise wrong(name, "is not valid TOML", str(error)) from error
    if "model" not in page:
        return []
    return [_model(item, f"{name}: model {n}") for n, item in enumerate(page.items("model"), 1)]


def choose(models: dict[str, Model], ids: Iterable[str]) -> list[Model]:
    """The models of these ids, in order, each once.

    Raises:
        ModelError: (`MOD-ID`) there is none of such an id.
    """
    wanted = list(dict.fromkeys(ids))
    for name in wanted:
        if name not in models:
            raise ModelError(
                "MOD-ID",
                f"there is no model `{name}`",
                suggestion(name, models),
                "see: appliance models list",
            )
    return [models[name] for name in wanted]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        cause = getattr(error, "strerror", None) or str(error)
        raise wrong(str(path), "cannot be read", cause.lower()) from error


def _model(values: object, where: str) -> Model:
    table = Table(values, where, [item.name for item in fields(Model)])
    model = Model(
        id=_matching(table, "id", _ID),
        roles=_among(table, "roles", ROLES),
        about=table.text("about"),
        languages=table.texts("languages"),
        licence=_licence(table.value("licence"), f"{where}.licence"),
        memory_mb=table.number("memory_mb"),
        platform=table.text("platform"),
        source=_origin(table.value("source"), f"{where}.source"),
        files=tuple(_file(item, f"{where}.files") for item in table.items("files")),
        figures=table.text("figures", ""),
    )
    if model.platform not in PLATFORMS:
        raise table.wrong("platform", model.platform, f"one of {', '.join(PLATFORMS)}")
    if len({file.name for file in model.files}) < len(model.files):
        raise wrong(f"{where}.files", "names a file twice", "the store keeps one of each name")
    return model


def _file(values: object, where: str) -> ModelFile:
    table = Table(values, where, [item.name for item in fields(ModelFile)])
    name = _matching(table, "name", _NAME)
    if name.endswith((".part", ".state")):
        raise table.wrong("name", name, "another name: that one is taken for unfinished files")
    sha256 = table.text("sha256", "")
    if sha256 and not _HASH.fullmatch(sha256):
        raise table.wrong("sha256", sha256, "64 small hexadecimal digits")
    size = table.number("size", 0)
    if sha256 and not size:
        raise wrong(f"{where}.size", "is not set", "a file with a hash has a known size")
    return ModelFile(name, table.text("path", name), size, table.number("about_mb", 0), sha256)


def _licence(values: object, where: str) -> Licence:
    table = Table(values, where, [item.name for item in fields(Licence)])
    return Licence(table.text("name"), table.flag("commercial"), table.text("note", ""))


def _origin(values: object, where: str) -> Origin:
    known = [item.name for kind in (HuggingFace, Web, Wheel) for item in fields(kind)]
    named = [key for key in _KINDS if key in Table(values, where, known)]
    if len(named) != 1:
        raise wrong(where, "is not one source", f"name one of {', '.join(_KINDS)}")
    kind = _KINDS[named[0]]
    table = Table(values, where, [item.name for item in fields(kind)])
    return kind(**{item.name: table.text(item.name) for item in fields(kind)})


def _matching(table: Table, key: str, pattern: re.Pattern[str]) -> str:
    value = table.text(key)
    if not pattern.fullmatch(value):
        raise table.wrong(key, value, f"of the form {pattern.pattern}")
    return value


def _among(table: Table, key: str, known: Sequence[str]) -> tuple[str, ...]:
    values = table.texts(key)
    for value in values:
        if value not in known:
            raise wrong(f"{table.where}.{key}", f"has `{value}`", suggestion(value, known))
    return values
