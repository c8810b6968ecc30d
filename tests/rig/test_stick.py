"""Somebody plugs in a USB stick with documents: signed ones are used, a stranger's are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.rig import bundles, root, scenes
from tests.rig.machine import Machine
from tests.rig.stick import stick
from tests.rig.technician import ask

VERSION = "2.0.0"
INSTALLED = "/var/lib/appliance/"
"""Where packs are that did not come with the image."""


def test_documents_on_a_stick_are_used_if_the_owner_signed_them(
    ready: Machine, made: Path, tmp_path: Path
) -> None:
    root.make_keys(tmp_path / "stranger")
    owners = _signed(tmp_path, "manual", made / "keys")
    strangers = _signed(tmp_path, "bad", tmp_path / "stranger")
    ready.plug_in(stick(tmp_path / "stick.img", *owners, *strangers))
    ready.until(
        "the service has started anew with them", lambda: _pack_in_use(ready).startswith(INSTALLED)
    )
    scenes.until_ready(ready)
    told = {(event["code"], event.get("error")) for event in ask(ready, "events 20")["events"]}
    assert {("UPDATE_REFUSED", "UPD-SIGNATURE"), ("UPDATE_FINISHED", None)} <= told
    mounted = ready.sh("findmnt -no OPTIONS /run/appliance/stick").split(",")
    assert {"ro", "noexec", "nosuid", "nodev"} <= set(mounted)


def _signed(folder: Path, name: str, keys: Path) -> tuple[Path, Path]:
    """A knowledge pack, and its seal."""
    pack = folder / f"{name}.pack"
    seal = ["--key", f"{keys}/pack.pem", "--version", VERSION, "--for", bundles.BOARD]
    for words in (["build", str(root.MANUAL), "-o", str(pack)], ["sign", str(pack), *seal]):
        command = [sys.executable, "-m", "appliance", "knowledge", *words]
        subprocess.run(command, check=True, cwd=root.ROOT, capture_output=True)
    return pack, pack.with_name(f"{pack.name}.sig")


def _pack_in_use(machine: Machine) -> str:
    return str(ask(machine, "pack")["file"])
