"""One built disk and one machine that is ready, for everything that does no harm to either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import build, scenes
from tests.rig.machine import Flash, Machine, fresh_disk, switched_on

WITHOUT_LIMIT = 7200


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Only who asks for the rig waits for it: `pytest tests/rig`, or `-m rig`."""
    asked = any("tests/rig" in argument for argument in config.args)
    return None if asked or "rig" in config.option.markexpr else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/rig/" in str(item.path):
            item.add_marker(pytest.mark.rig)
            item.add_marker(pytest.mark.timeout(WITHOUT_LIMIT))


@pytest.fixture(scope="session")
def made() -> Path:
    """The folder with the disk, the slot's image and the owner's keys."""
    return build.build()


@pytest.fixture(scope="session")
def ready(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine that has started and says that all is well."""
    disk = fresh_disk(made / "disk.img", tmp_path_factory.mktemp("rig") / "disk.qcow2")
    with switched_on(Flash(disk)) as machine:
        scenes.until_ready(machine)
        yield machine
