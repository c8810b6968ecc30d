"""A root file system with the overlay laid over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.image.overlay import install


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """To look at, not to write to."""
    root = tmp_path_factory.mktemp("image")
    done = install(root)
    assert done.returncode == 0, done.stderr
    return root
