"""What is handed to the machine as a bad update is one, by RAUC's and by our own judgement."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from appliance.update import bundle
from appliance.update.errors import RefusedError
from tests.rig import bundles
from tests.rig.root import make_keys


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Updates, the owner's keys, and a stranger's."""
    folder = tmp_path_factory.mktemp("bundles")
    for name in ("keys", "stranger"):
        make_keys(folder / name)
    signers = (bundles.signer(folder / name) for name in ("keys", "stranger"))
    bundles.such_as_are_refused(folder, *signers)
    return folder


def _told(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = ["rauc", f"--keyring={folder}/keys/ca.cert.pem", "info", f"{folder}/{name}.raucb"]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_a_right_one_is_taken(folder: Path) -> None:
    told = _told(folder, "right")
    assert told.returncode == 0, told.stderr
    for said in (bundles.BOARD, bundles.NEWER, "verity"):
        assert said in told.stdout
    bundle.verify_payload(bundle.layout(folder / "right.raucb"))


@pytest.mark.parametrize("name", ["SIGNATURE", "CUT"])
def test_a_strangers_and_half_of_one_are_not(folder: Path, name: str) -> None:
    assert _told(folder, name).returncode != 0


@pytest.mark.parametrize(
    ("name", "said"), [("BOARD", bundles.OTHER_BOARD), ("OLDER", bundles.OLDER)]
)
def test_another_boards_and_an_older_one_say_so(folder: Path, name: str, said: str) -> None:
    assert said in _told(folder, name).stdout


def test_of_a_flipped_bit_only_our_own_look_at_the_payload_knows(folder: Path) -> None:
    assert _told(folder, "DAMAGED").returncode == 0
    with pytest.raises(RefusedError) as error:
        bundle.verify_payload(bundle.layout(folder / "DAMAGED.raucb"))
    assert error.value.code == "UPD-DAMAGED"
