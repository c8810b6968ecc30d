"""The Yocto layers where no BitBake is needed: pins, files, licences, partitions, agreement."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.image.overlay import OVERLAY, ROOT
from tests.rig import disk as rig_disk

YOCTO = ROOT / "yocto"
KAS = sorted((YOCTO / "kas").glob("*.yml"))
RECIPES = sorted([*YOCTO.rglob("*.bb"), *YOCTO.rglob("*.bbappend")])
WHEELS = YOCTO / "meta-appliance/recipes-python/wheels"
DISTRO = YOCTO / "meta-appliance/conf/distro/appliance.conf"
LAYER = YOCTO / "meta-appliance/conf/layer.conf"
MACHINE = YOCTO / "meta-appliance-rk3576/conf/machine/appliance-rk3576.conf"
DISKS = {
    "qemuarm64": (YOCTO / "meta-appliance/wic/appliance-qemuarm64.wks.in", DISTRO),
    "rk3576": (YOCTO / "meta-appliance-rk3576/wic/appliance-rk3576.wks.in", MACHINE),
}
SLOT_PARTS = {
    "APPLIANCE_BOOTSTATE_PART": "bootstate",
    "APPLIANCE_SLOT_A_PART": "rootfs_a",
    "APPLIANCE_SLOT_B_PART": "rootfs_b",
}


def _name(path: Path) -> str:
    return str(path.relative_to(YOCTO))


def _assigned(text: str, variable: str) -> str | None:
    """What a recipe or a configuration sets, continued lines joined; None: it does not."""
    joined = re.sub(r"\\\n\s*", " ", text)
    match = re.search(rf'^{re.escape(variable)} \??\??[+:]?= "([^"]*)"', joined, re.MULTILINE)
    return match and match[1]


def _wheels_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("yocto_wheels", YOCTO / "wheels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _kas(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", KAS, ids=_name)
def test_every_foreign_layer_is_pinned_by_commit(path: Path) -> None:
    for name, repository in _kas(path).get("repos", {}).items():
        if "url" in repository:
            assert re.fullmatch(r"[0-9a-f]{40}", str(repository.get("commit"))), name
            assert repository["branch"] == "scarthgap", name


@pytest.mark.parametrize("path", KAS, ids=_name)
def test_kas_files_name_layers_and_includes_that_exist(path: Path) -> None:
    config = _kas(path)
    for include in config["header"].get("includes", []):
        assert (ROOT / include).is_file(), include
    for layer in config.get("repos", {}).get("voice-appliance", {}).get("layers", {}):
        assert (ROOT / layer / "conf/layer.conf").is_file(), layer


@pytest.mark.parametrize("path", RECIPES, ids=_name)
def test_every_local_file_of_a_recipe_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    uris = " ".join(re.findall(r'^SRC_URI[\w:]* \+?= "([^"]*)"', text, re.MULTILINE))
    folders = [path.parent / "files", path.parent / path.stem.split("_")[0]]
    if "APPLIANCE_SOURCE" in text:
        folders.append(ROOT)
    if "APPLIANCE_KERNEL_FRAGMENTS" in text:
        folders.append(YOCTO / "meta-appliance/recipes-kernel/linux/files")
    for name in re.findall(r"file://([^\s;\\\"]+)", uris):
        assert any((folder / name).exists() for folder in folders), name


@pytest.mark.parametrize("path", [p for p in RECIPES if p.suffix == ".bb"], ids=_name)
def test_every_recipe_names_its_licence(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    licence = _assigned(text, "LICENSE")
    assert licence
    assert licence != "CLOSED"
    if path.parent.name not in {"images", "bundles", "packagegroups"}:
        assert _assigned(text, "LIC_FILES_CHKSUM")


def test_our_own_licence_files_have_the_sums_that_the_recipe_says() -> None:
    (recipe,) = (YOCTO / "meta-appliance/recipes-appliance/voice-appliance").glob("*.bb")
    text = recipe.read_text(encoding="utf-8")
    sums = dict(re.findall(r"file://(LICENSE[\w.-]*);md5=([0-9a-f]{32})", text))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert sorted(sums) == sorted(project["license-files"])
    for name, expected in sums.items():
        data = (ROOT / name).read_bytes()
        assert hashlib.md5(data, usedforsecurity=False).hexdigest() == expected, name
    assert _assigned(text, "LICENSE") == project["license"].replace(" AND ", " & ")


def test_recipe_and_distribution_have_the_projects_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = f"voice-appliance_{project['version']}.bb"
    assert (YOCTO / "meta-appliance/recipes-appliance/voice-appliance" / name).is_file()
    assert _assigned(DISTRO.read_text(encoding="utf-8"), "DISTRO_VERSION") == project["version"]


def test_the_image_tells_the_program_its_version() -> None:
    """Without metadata the first thing that `appliance` does is to fail."""
    (recipe,) = (YOCTO / "meta-appliance/recipes-appliance/voice-appliance").glob("*.bb")
    text = recipe.read_text(encoding="utf-8")
    assert "Name: voice-appliance" in text
    assert "voice_appliance-${PV}.dist-info/METADATA" in text


def test_there_is_a_recipe_for_each_locked_wheel_with_a_locked_sum() -> None:
    """After a change of yocto/requirements.lock: yocto/fetch-wheels.sh --update."""
    script = _wheels_script()
    wanted = {
        f"{script.PREFIX}{name}_{version}.bb": sums
        for name, (version, sums) in script.wanted().items()
    }
    assert {path.name for path in WHEELS.glob("*.bb")} == set(wanted)
    for name, sums in wanted.items():
        stated = _assigned((WHEELS / name).read_text(encoding="utf-8"), "SRC_URI[sha256sum]")
        assert stated in sums, name


def test_the_compiled_recognisers_source_is_the_locked_one() -> None:
    (recipe,) = (YOCTO / "meta-appliance/recipes-python/pocketsphinx").glob("*.bb")
    version, sums = _wheels_script().locked()["pocketsphinx"]
    assert recipe.name.endswith(f"_{version}.bb")
    assert _assigned(recipe.read_text(encoding="utf-8"), "SRC_URI[sha256sum]") in sums


def test_the_service_asks_for_every_wheel() -> None:
    text = (WHEELS / "wheels.inc").read_text(encoding="utf-8")
    listed = _assigned(text, "APPLIANCE_WHEEL_PACKAGES")
    assert listed is not None
    assert sorted(listed.split()) == sorted(p.name.split("_")[0] for p in WHEELS.glob("*.bb"))


def test_the_images_packages_have_the_versions_that_the_tests_run_with() -> None:
    """Both locks come from pyproject.toml; after `./dev lock`: yocto/fetch-wheels.sh --update."""
    tested = dict(
        re.findall(
            r"^([\w.-]+)==([\w.]+)(?! ; python_full_version < )",
            (ROOT / "requirements.lock").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    for name, (version, _) in _wheels_script().wanted().items():
        assert tested.get(name, version) == version, name


def test_nothing_names_a_package_index() -> None:
    for path in YOCTO.rglob("*"):
        if path.is_file() and path.suffix != ".pyc":
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"pypi\.org|pythonhosted", text), path


def _partitions(wks: Path) -> list[str]:
    """Names of the partitions that are in the table, in their order."""
    lines = [x for x in wks.read_text(encoding="utf-8").splitlines() if x.startswith("part ")]
    return [match[1] for x in lines if (match := re.search(r"--part-name (\S+)", x))]


@pytest.mark.parametrize("disk", DISKS)
def test_the_disk_has_the_partitions_that_the_overlay_names(disk: str) -> None:
    partitions = _partitions(DISKS[disk][0])
    files = [OVERLAY / "etc" / name for name in ("fstab", "fw_env.config", "rauc/system.conf")]
    named = {
        label
        for file in files
        for label in re.findall(r"by-partlabel/(\w+)", file.read_text(encoding="utf-8"))
    }
    assert named
    assert named <= set(partitions)
    assert len(partitions) == len(set(partitions))


@pytest.mark.parametrize("disk", DISKS)
def test_the_boot_script_counts_partitions_as_the_disk_does(disk: str) -> None:
    wks, configuration = DISKS[disk]
    text = configuration.read_text(encoding="utf-8")
    partitions = _partitions(wks)
    for variable, label in SLOT_PARTS.items():
        number = _assigned(text, variable)
        assert number is not None, variable
        assert partitions[int(number) - 1] == label


@pytest.mark.parametrize("disk", DISKS)
def test_the_data_partition_is_left_blank(disk: str) -> None:
    """Else `check-data` would not make it at the first boot."""
    lines = DISKS[disk][0].read_text(encoding="utf-8").splitlines()
    (data,) = [line for line in lines if "--part-name data" in line]
    assert "--source empty" in data


def test_boot_script_and_rauc_agree_on_slots_and_their_names() -> None:
    script = (YOCTO / "meta-appliance/recipes-bsp/boot-script/files/boot.cmd").read_text("utf-8")
    rauc = (OVERLAY / "etc/rauc/system.conf").read_text(encoding="utf-8")
    pairs = re.findall(r"by-partlabel/(\w+).*?bootname=(\w+)", rauc, re.DOTALL)
    assert pairs
    for label, bootname in pairs:
        assert re.search(rf"setenv slot {bootname}\n.*\n\s+setenv slot_label {label}\n", script)
        assert f"BOOT_{bootname}_LEFT" in script
    assert "rauc.slot=${slot}" in script
    offset, size = re.findall(r"^/dev\S+\s+(\S+)\s+(\S+)", _fw_env(), re.MULTILINE)[0]
    assert int(offset, 16) == 0
    assert f"{size} BOOT_ORDER" in script


def test_everything_that_a_machine_says_to_the_boot_script_is_said() -> None:
    folder = YOCTO / "meta-appliance/recipes-bsp/boot-script"
    (recipe,) = folder.glob("*.bb")
    asked = set(re.findall(r"@\w+@", (folder / "files/boot.cmd").read_text(encoding="utf-8")))
    assert asked == set(re.findall(r"@\w+@", recipe.read_text(encoding="utf-8")))
    assert "@" not in rig_disk.script()


def test_the_rigs_disk_is_laid_out_as_yoctos() -> None:
    assert list(rig_disk.PARTITIONS) == _partitions(DISKS["qemuarm64"][0])
    assert str(rig_disk.SLOT_MB) == _assigned(LAYER.read_text("utf-8"), "APPLIANCE_SLOT_MB")
    assert _seal_mb(rig_disk.SLOT_MB) == rig_disk.SEAL_MB


def _seal_mb(slot_mb: int) -> int:
    text = _assigned(LAYER.read_text("utf-8"), "APPLIANCE_SEAL_MB") or ""
    (times, parts) = re.findall(r"'APPLIANCE_SLOT_MB'\)\) \* (\d+) // (\d+)}", text)[0]
    return slot_mb * int(times) // int(parts)


@pytest.mark.parametrize("slot_mb", [256, 1024, 3072, 16384])
def test_behind_every_slots_file_system_is_room_for_its_seal(slot_mb: int) -> None:
    """Hashes of 32 bytes for blocks of 4096; for blocks of hashes, again, until there is one."""
    blocks, tree = _seal_mb(slot_mb) * 256, 0
    while blocks > 1:
        blocks = -(-blocks // 128)
        tree += blocks
    assert (_seal_mb(slot_mb) << 20) + (1 + tree) * 4096 <= slot_mb << 20


def _fw_env() -> str:
    return (OVERLAY / "etc/fw_env.config").read_text(encoding="utf-8")


def test_users_have_the_numbers_of_the_overlay() -> None:
    (recipe,) = (YOCTO / "meta-appliance/recipes-appliance/voice-appliance").glob("*.bb")
    made = re.findall(r"--uid (\d+) --gid \S+ .* ([\w-]+)[;\"]", recipe.read_text(encoding="utf-8"))
    sysusers = (OVERLAY / "usr/lib/sysusers.d/appliance.conf").read_text(encoding="utf-8")
    asked = re.findall(r"^u\s+(\S+)\s+(\d+)", sysusers, re.MULTILINE)
    assert {name: int(uid) for uid, name in made} == {name: int(uid) for name, uid in asked}


def test_updates_are_made_for_the_board_that_the_image_is_installed_as() -> None:
    (bundle,) = (YOCTO / "meta-appliance/recipes-core/bundles").glob("*.bb")
    compatible = _assigned(bundle.read_text(encoding="utf-8"), "RAUC_BUNDLE_COMPATIBLE")
    overlay = re.findall(r"compatible=(.*)", (OVERLAY / "etc/rauc/system.conf").read_text("utf-8"))
    assert overlay == [str(compatible).replace("${APPLIANCE_BOARD}", "@BOARD@")]
    assert "--board ${APPLIANCE_BOARD}" in (
        YOCTO / "meta-appliance/classes-recipe/appliance_overlay.bbclass"
    ).read_text(encoding="utf-8")


def test_the_uart_has_one_rate() -> None:
    config = tomllib.loads((OVERLAY / "etc/appliance/config.toml").read_text(encoding="utf-8"))
    tree = YOCTO / "meta-appliance-rk3576/recipes-kernel/linux/files/appliance-uart.dtsi"
    (rate,) = re.findall(r"rockchip,baudrate = <(\d+)>", tree.read_text(encoding="utf-8"))
    assert int(rate) == config["console"]["baud"]


def test_the_boards_tree_includes_each_of_its_parts_once() -> None:
    files = YOCTO / "meta-appliance-rk3576/recipes-kernel/linux/files"
    (board,) = files.glob("*.dts")
    included = re.findall(r'#include "(appliance-\S+)"', board.read_text(encoding="utf-8"))
    assert sorted(included) == sorted(path.name for path in files.glob("*.dtsi"))
    append = (files.parent / "linux-rockchip_6.1.bbappend").read_text(encoding="utf-8")
    for name in [board.name, *included]:
        assert f"file://{name}" in append
    assert f"rockchip/{board.stem}.dtb" in MACHINE.read_text(encoding="utf-8")
