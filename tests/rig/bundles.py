"""Updates of a slot's image for the machine: such as it keeps, refuses, or takes back."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.appliance.update import rauc
from tests.rig import disk, root
from tests.rig.build import digest_of

BOARD, OTHER_BOARD = f"voice-appliance-{root.BOARD}", "voice-appliance-other"
NEWER, BAD, OLDER = "1.1.0", "1.2.0", "0.9.0"
RELEASE, SOUND = "/usr/lib/os-release", "/etc/asound.conf"
SERVICE = "/usr/lib/voice-appliance/bin/appliance"
NOTHING = "ttable { 0 { 0 0 } }"
"""Of what the microphone hears, nothing comes through."""


def signer(keys: Path) -> rauc.Signer:
    """Who signs with the keys of a folder (`root.make_keys`)."""
    return rauc.Signer(keys / "bundle.cert.pem", keys / "bundle.key.pem")


def files(made: Path) -> Path:
    """A file system with an update of each kind, for what was built; made unless it is there."""
    image = made / f"updates-{digest_of(Path(__file__), Path(rauc.__file__), disk.SEAL)}.ext4"
    if image.exists():
        return image
    for old in made.glob("updates-*"):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=made) as name:
        work, content = Path(name), Path(name) / "content"
        content.mkdir()
        root.make_keys(work / "stranger")
        owner = signer(made / "keys")
        such_as_are_refused(content, owner, signer(work / "stranger"))
        such_as_are_installed(content, owner, made / "slot.ext4", work)
        _file_system(work / "image", content)
        (work / "image").rename(image)
    return image


def such_as_are_refused(folder: Path, owner: rauc.Signer, stranger: rauc.Signer) -> None:
    """One for each reason, named by it; small, since none gets as far as a slot."""
    right = owner.bundle(folder / "right.raucb", NEWER, BOARD)
    stranger.bundle(folder / "SIGNATURE.raucb", NEWER, BOARD)
    owner.bundle(folder / "BOARD.raucb", NEWER, OTHER_BOARD)
    owner.bundle(folder / "OLDER.raucb", OLDER, BOARD)
    rauc.flipped(right, folder / "DAMAGED.raucb")
    rauc.halved(right, folder / "CUT.raucb")


def such_as_are_installed(folder: Path, owner: rauc.Signer, slot: Path, work: Path) -> None:
    """A good one; one with a service that ends at once, a deaf one, and one without a kernel."""
    release, sound = _text_of(slot, RELEASE), _text_of(slot, SOUND)
    as_bad = {RELEASE: release.replace(root.VERSION, BAD)}
    for name, version, changes in (
        ("good", NEWER, {RELEASE: release.replace(root.VERSION, NEWER)}),
        ("broken", BAD, as_bad | {SERVICE: "#!/bin/sh\nexit 1\n"}),
        ("deaf", BAD, as_bad | {SOUND: sound.replace("slave.pcm", f"{NOTHING} slave.pcm", 1)}),
    ):
        changed = _changed(slot, work / f"{name}.ext4", changes)
        image = disk.sealed(changed, work / f"{name}.img")
        owner.bundle(folder / f"{name}.raucb", version, BOARD, root=image)
        changed.unlink()
        image.unlink()
    boot = work / "empty/boot"
    boot.mkdir(parents=True)
    (boot / "initrd.img").write_bytes(os.urandom(1 << 16))
    image = disk.sealed(_file_system(work / "empty.ext4", boot.parent), work / "empty.img")
    owner.bundle(folder / "without-kernel.raucb", BAD, BOARD, root=image)


def _text_of(slot: Path, name: str) -> str:
    command = ["debugfs", "-R", f"cat {name}", slot]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _changed(slot: Path, target: Path, files: Mapping[str, str]) -> Path:
    """A copy of a slot's image in which files hold another text; they keep owner and mode."""
    draft = target.with_suffix(".draft")
    subprocess.run(["cp", "--sparse=always", slot, target], check=True)
    for name, text in files.items():
        draft.unlink(missing_ok=True)
        _debugfs(target, f"dump -p {name} {draft}")
        draft.write_text(text)
        for order in (f"rm {name}", f"write {draft} {name}"):
            _debugfs(target, order)
    return target


def _debugfs(image: Path, order: str) -> None:
    subprocess.run(["debugfs", "-w", "-R", order, image], check=True, capture_output=True)


def _file_system(image: Path, content: Path) -> Path:
    room = sum(path.stat().st_size for path in content.rglob("*")) + (8 << 20)
    room -= room % 4096
    with image.open("wb") as file:
        file.truncate(room)
    options = ["-q", "-t", "ext4", "-O", "^has_journal", "-m", "0", "-N", "64", "-d", content]
    subprocess.run(["mke2fs", *options, image], check=True)
    return image
