"""Updates of a slot's image for the machine: such as it takes, refuses, or takes back."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.appliance.update.rauc import Signer, flipped, halved
from tests.rig import root

OURS, OTHERS = f"voice-appliance-{root.BOARD}", "voice-appliance-other"
NEWER, OLDER = "1.1.0", "0.9.0"
RELEASE = "/usr/lib/os-release"
SERVICE = "/usr/lib/voice-appliance/bin/appliance"
SOUND = "/etc/asound.conf"


def signer(keys: Path) -> Signer:
    """Who signs with the keys of a folder (`root.make_keys`)."""
    return Signer(keys / "bundle.cert.pem", keys / "bundle.key.pem")


def such_as_are_refused(folder: Path, owner: Signer, stranger: Signer) -> None:
    """One for each reason, named by it; small, since none gets as far as a slot."""
    names = ("SIGNATURE", "BOARD", "OLDER", "right")
    signature, board, older, right = (folder / f"{name}.raucb" for name in names)
    stranger.bundle(signature, NEWER, OURS)
    owner.bundle(board, NEWER, OTHERS)
    owner.bundle(older, OLDER, OURS)
    owner.bundle(right, NEWER, OURS)
    flipped(right, folder / "DAMAGED.raucb")
    halved(right, folder / "CUT.raucb")


def changed(slot: Path, target: Path, files: dict[str, str]) -> Path:
    """A copy of a slot's image in which files hold another text; they keep owner and mode."""
    subprocess.run(["cp", "--sparse=always", slot, target], check=True)
    for name, text in files.items():
        draft = target.with_suffix(".draft")
        subprocess.run(["debugfs", "-R", f"dump -p {name} {draft}", target], check=True)
        draft.write_text(text)
        for order in (f"rm {name}", f"write {draft} {name}"):
            subprocess.run(["debugfs", "-w", "-R", order, target], check=True, capture_output=True)
        draft.unlink()
    return target


def text_of(slot: Path, name: str) -> str:
    """What a file of an image holds."""
    command = ["debugfs", "-R", f"cat {name}", slot]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
