"""Knowledge packs as updates: sealed, refused, placed whole or not at all, given up again."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.console.signing import PACK, load_public, sign
from appliance.errors import ApplianceError, KnowledgeError
from appliance.update import seal
from appliance.update.device import Device
from appliance.update.errors import RefusedError, UpdateError
from appliance.update.shelf import Shelf
from appliance.update.version import Version
from tests.appliance.update.powercut import killed_at

DEVICE = Device("voice-appliance-test", Version.parse("1.0"), "A")


def key(folder: Path, name: str) -> Path:
    made = Ed25519PrivateKey.generate()
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.pem").write_bytes(private)
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / f"{name}.pub").write_bytes(public)
    return folder / f"{name}.pem"


@dataclass
class Maker:
    """Makes packs in `folder`, for a device whose state is in `state`."""

    folder: Path
    state: Path
    key: Path

    def pack(self, version: str, board: str = seal.ANY, signed_by: Path | None = None) -> Path:
        """`pack 1.2` and no more is what a pack of version 1.2 says."""
        pack = self.folder / f"{version}.pack"
        pack.write_bytes(f"pack {version}".encode() * 5000)
        signer = signed_by or self.key
        seal.make(pack, board, version, lambda text: sign(signer, text, lambda: "", PACK))
        return pack

    def shelf(self, opens: Callable[[Path], None] = lambda _pack: None) -> Shelf:
        return Shelf(self.state, load_public(self.key.with_suffix(".pub"), PACK), DEVICE, opens)

    @property
    def image(self) -> Path:
        """What the image brings, without a version."""
        image = self.folder / "image.pack"
        image.write_bytes(b"pack of the image")
        return image

    def says(self) -> bytes:
        return self.shelf().choose(self.image).pack.read_bytes()[:8]


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    (tmp_path / "state").mkdir()
    return Maker(tmp_path, tmp_path / "state", key(tmp_path, "maker"))


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ApplianceError) as error:
        act()
    return error.value.code


def test_a_pack_is_placed_and_used_from_the_next_start_on(maker: Maker) -> None:
    assert maker.says() == b"pack of "
    maker.shelf().place(maker.pack("1.1"), None)
    assert maker.says() == b"pack 1.1"
    assert maker.shelf().in_use(maker.image) == Version.parse("1.1")
    shutil.rmtree(maker.folder / "1.1.pack", ignore_errors=True)
    assert len(list((maker.state / "knowledge").glob("*/knowledge.pack"))) == 1


def test_what_must_not_be_installed_is_refused_with_the_reason(maker: Maker) -> None:
    shelf, installed = maker.shelf(), Version.parse("1.5")
    right = maker.pack("2.0")
    seal_of = seal.beside(right).read_text()
    cases = {
        "UPD-SIGNATURE": maker.pack("2.1", signed_by=key(maker.folder, "stranger")),
        "UPD-BOARD": maker.pack("2.2", "voice-appliance-other"),
        "UPD-OLDER": maker.pack("1.4"),
    }
    flipped = bytearray(right.read_bytes())
    flipped[7000] ^= 1
    for code, data in (("UPD-DAMAGED", flipped), ("UPD-CUT", flipped[:9000])):
        cases[code] = maker.folder / f"{code}.pack"
        cases[code].write_bytes(data)
        seal.beside(cases[code]).write_text(seal_of)
    assert {
        code: code_of(lambda f=file: shelf.check(f, installed)) for code, file in cases.items()
    } == {code: code for code in cases}
    for code, file in cases.items():
        assert code_of(lambda f=file: shelf.place(f, installed)) == code
    assert maker.says() == b"pack of "
    shelf.check(right, installed)


def test_a_pack_without_a_seal_or_a_device_without_a_key(maker: Maker) -> None:
    pack = maker.pack("1.1")
    keyless = Shelf(maker.state, None, DEVICE, lambda _pack: None)
    assert code_of(lambda: keyless.check(pack, None)) == "UPD-NO-KEY"
    seal.beside(pack).unlink()
    assert code_of(lambda: maker.shelf().check(pack, None)) == "UPD-SIGNATURE"
    pack.unlink()
    assert code_of(lambda: maker.shelf().check(pack, None)) == "UPD-FILE"


def test_a_signature_of_the_console_seals_no_pack(maker: Maker) -> None:
    pack = maker.pack("1.1")
    text = seal.read(pack)[0].text
    forged = sign(maker.key, text, lambda: "")
    seal.beside(pack).write_text(f"{text}signature {forged}\n")
    assert code_of(lambda: maker.shelf().check(pack, None)) == "UPD-SIGNATURE"


def test_what_is_no_pack_of_this_program_is_not_placed(maker: Maker) -> None:
    def opens(_pack: Path) -> None:
        raise KnowledgeError("KNOW-PACK-VERSION", "no", "another layout", "build it again")

    assert code_of(lambda: maker.shelf(opens).place(maker.pack("1.1"), None)) == "KNOW-PACK-VERSION"
    assert maker.says() == b"pack of "
    assert not list((maker.state / "knowledge").glob("*/*"))


@pytest.mark.parametrize("line", range(6))
def test_whatever_of_a_seal_is_changed_counts(maker: Maker, line: int) -> None:
    pack = maker.pack("1.1")
    lines = seal.beside(pack).read_text().splitlines(keepends=True)
    lines[line] = lines[line].replace("a", "b", 1) if "a" in lines[line] else f"x{lines[line]}"
    seal.beside(pack).write_text("".join(lines))
    assert code_of(lambda: maker.shelf().check(pack, None)) in {"UPD-SIGNATURE", "UPD-FORMAT"}


@given(st.binary(max_size=1100))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_is_no_seal(maker: Maker, noise: bytes) -> None:
    pack = maker.folder / "noise.pack"
    pack.write_bytes(b"x")
    seal.beside(pack).write_bytes(noise)
    with pytest.raises(RefusedError):
        maker.shelf().check(pack, None)


# -- giving way -----------------------------------------------------------------------------


def test_a_pack_with_which_the_service_never_comes_up_gives_way_to_the_one_before(
    maker: Maker,
) -> None:
    maker.shelf().place(maker.pack("1.1"), None)
    maker.says()
    maker.shelf().proven()
    maker.shelf().place(maker.pack("1.2"), None)
    assert [maker.says() for _ in range(3)] == [b"pack 1.2"] * 3
    chosen = maker.shelf().choose(maker.image)
    assert (str(chosen.version), chosen.gave_way, chosen.lost) == ("1.1", "UPD-TRIES", "1.2")
    assert [maker.says() for _ in range(9)] == [b"pack 1.1"] * 9


def test_a_pack_that_has_proven_itself_stays(maker: Maker) -> None:
    maker.shelf().place(maker.pack("1.1"), None)
    maker.says()
    maker.shelf().proven()
    assert [maker.says() for _ in range(9)] == [b"pack 1.1"] * 9


@pytest.mark.parametrize("harm", ["flipped", "gone", "unreadable"])
def test_a_pack_that_was_changed_on_the_disk_gives_way(maker: Maker, harm: str) -> None:
    for version in ("1.1", "1.2"):
        maker.shelf().place(maker.pack(version), None)
        maker.shelf().proven()
    pack = maker.shelf().choose(maker.image).pack
    if harm == "flipped":
        data = bytearray(pack.read_bytes())
        data[99] ^= 1
        pack.write_bytes(data)
    elif harm == "gone":
        shutil.rmtree(pack.parent)
    else:
        (maker.state / "knowledge" / "chosen.json").write_bytes(b"\xff{")
    chosen = maker.shelf().choose(maker.image)
    if harm == "unreadable":
        assert chosen.pack == maker.image
    else:
        assert str(chosen.version) == "1.1"
        assert chosen.gave_way


def test_an_image_with_a_newer_pack_is_preferred(maker: Maker) -> None:
    maker.shelf().place(maker.pack("1.1"), None)
    image = maker.pack("3.0")
    assert maker.shelf().choose(image).pack == image
    assert maker.shelf().in_use(image) == Version.parse("3.0")
    assert maker.shelf().choose(maker.pack("0.9")).pack != maker.folder / "0.9.pack"


def test_a_disk_that_takes_nothing_does_not_stop_the_service(maker: Maker) -> None:
    maker.shelf().place(maker.pack("1.1"), None)
    (maker.state / "knowledge" / ".chosen.json.new").mkdir()  # so that it cannot be written
    assert maker.says() == b"pack 1.1"
    maker.shelf().proven()


def test_no_room_is_said_before_anything_is_copied(
    maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 9))
    with pytest.raises(UpdateError) as error:
        maker.shelf().place(maker.pack("1.1"), None)
    assert error.value.code == "UPD-ROOM"


def test_only_the_one_in_use_and_the_one_before_are_kept(maker: Maker) -> None:
    for version in ("1.1", "1.2", "1.3", "1.4"):
        maker.shelf().place(maker.pack(version), None)
        maker.shelf().proven()
    kept = list((maker.state / "knowledge").glob("*/knowledge.pack"))
    assert sorted(pack.read_bytes()[:8] for pack in kept) == [b"pack 1.3", b"pack 1.4"]


# -- power cuts -----------------------------------------------------------------------------


def test_a_power_cut_between_any_two_steps_leaves_the_old_or_the_new_one_whole(
    maker: Maker,
) -> None:
    old, new = maker.pack("1.1"), maker.pack("1.2")
    seen = []
    for step in itertools.count(1):
        shutil.rmtree(maker.state)
        maker.state.mkdir()
        maker.shelf().place(old, None)
        maker.shelf().proven()
        killed = killed_at(step, maker.state, lambda: maker.shelf().place(new, None))
        chosen = maker.shelf().choose(maker.image)
        assert not chosen.gave_way
        assert str(chosen.version) in {"1.1", "1.2"}
        seen.append(str(chosen.version))
        maker.shelf().place(new, chosen.version)  # and it can be done again
        assert maker.says() == b"pack 1.2"
        assert {path.name for path in (maker.state / "knowledge").iterdir()} == {
            "chosen.json",
            *(seal.read(pack)[0].sha256[:16] for pack in (old, new)),
        }
        if not killed:
            break
    assert seen == sorted(seen)
    assert len(seen) > 10
    assert seen[0] == "1.1"
    assert seen[-1] == "1.2"
