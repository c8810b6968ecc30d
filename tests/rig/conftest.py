"""One built disk and one machine, which every test finds ready and leaves running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rig import build, scenes
from tests.rig.machine import Bench, Machine, fresh_disk

WITHOUT_LIMIT_S = 7200


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Only who asks for the rig waits for it: `pytest tests/rig`, or `-m rig`."""
    asked = any("tests/rig" in argument for argument in config.args)
    return None if asked or "rig" in config.option.markexpr else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/rig/" in str(item.path):
            item.add_marker(pytest.mark.rig)
            item.add_marker(pytest.mark.timeout(WITHOUT_LIMIT_S))


@pytest.fixture(autouse=True)
def nothing_left_behind() -> None:
    """In place of the house's: the machine outlives the tests."""


@pytest.fixture(scope="session")
def made() -> Path:
    """The folder with the disk, the slot's image and the owner's keys."""
    return build.build()


@pytest.fixture(scope="session")
def bench(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The machine's disk, and whoever pulls its plug."""
    disk = fresh_disk(made / "disk.img", tmp_path_factory.mktemp("rig") / "disk.qcow2")
    bench = Bench(disk)
    try:
        yield bench
    finally:
        bench.close()


@pytest.fixture
def ready(bench: Bench) -> Machine:
    """The machine, switched on, and its service well."""
    machine = bench.machine()
    scenes.until_ready(machine)
    return machine
