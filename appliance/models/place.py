"""Where a file can be got: mirrors first, in order, then where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from appliance.errors import ModelError
from appliance.models.model import HuggingFace, Model, ModelFile, Web

HUB = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class Place:
    """An address (a path, or an http address), and the revision that it stands for."""

    address: str
    revision: str = ""


def places(
    model: Model, file: ModelFile, mirrors: Sequence[str], *, offline: bool
) -> Iterator[Place]:
    """Every place to try for a file. A mirror is laid out as a store is: ID/NAME.

    `offline` leaves out the file's own source. A file of a package has no place but its package.
    """
    for mirror in mirrors:
        yield Place(f"{mirror.rstrip('/')}/{model.id}/{file.name}")
    if offline:
        return
    match model.source:
        case HuggingFace(repository, revision):
            path = f"{quote(repository)}/resolve/{quote(revision, safe='')}/{quote(file.path)}"
            yield Place(f"{HUB}/{path}", revision)
        case Web(url):
            yield Place(f"{url.rstrip('/')}/{quote(file.path)}")


def is_remote(address: str) -> bool:
    """Whether it is an http address, not a path.

    Raises:
        ModelError: (`MOD-ADDRESS`) it is an address of another kind.
    """
    if "://" not in address:
        return False
    if urlsplit(address).scheme not in {"http", "https"}:
        raise ModelError(
            "MOD-ADDRESS",
            f"the mirror {address} cannot be used",
            "it is neither a folder nor an http address",
            "name a folder, or an address that begins with https://",
        )
    return True
