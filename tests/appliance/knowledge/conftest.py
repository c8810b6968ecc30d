from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.knowledge.build import build_pack
from appliance.knowledge.pack import Pack
from tests.appliance.knowledge.support import MANUAL, folder


@pytest.fixture(scope="session")
def kettle_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kettle")
    build_pack(folder(root / "docs", kettle_md=MANUAL), root / "kettle.pack")
    return root / "kettle.pack"


@pytest.fixture
def kettle(kettle_path: Path) -> Iterator[Pack]:
    with Pack.open(kettle_path) as pack:
        yield pack
