"""The mind's process while its file is damaged, and once it is whole again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.errors import KnowledgeError
from appliance.knowledge.servant import MindServant

QUESTION = {"question": "how often should I descale the kettle"}


def test_a_pack_that_was_mended_is_read_without_a_restart(
    tmp_path: Path, kettle_path: Path
) -> None:
    path = tmp_path / "a.pack"
    shutil.copyfile(kettle_path, path)
    servant = MindServant(str(path), 3)
    servant.load()
    whole = path.read_bytes()
    with path.open("r+b") as file:
        file.write(b"\xff" * len(whole))
    for _ in range(2):
        with pytest.raises(KnowledgeError):
            list(servant.do("retrieve", QUESTION, b""))
    with path.open("r+b") as file:
        file.write(whole)
    (found,) = servant.do("retrieve", QUESTION, b"")
    assert "three months" in found.header["passages"][0]["text"]
