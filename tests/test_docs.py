"""The docs are true: every command in them works, every setting in them exists."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.config import load_config

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NOT_FROM_WITHIN = {"./dev test"}
"""The command that runs this test."""


def _commands() -> list[str]:
    blocks = [
        block
        for page in PAGES
        for block in re.findall(
            r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL
        )
    ]
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return list(dict.fromkeys(lines))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_command_works_in_a_fresh_checkout(tmp_path: Path) -> None:
    """In order, as a reader would type them, the set-up included."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\n")):
        if (ROOT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    for command in _commands():
        if command not in NOT_FROM_WITHIN:
            _works(command, tmp_path)


def _works(command: str, folder: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", command],
        check=False,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            abroad = link.startswith("https://")
            assert abroad or (page.parent / link).exists(), f"{page.name}: {link}"


def test_files_that_the_docs_name_exist() -> None:
    for page in (ROOT / "docs" / "turn.md", ROOT / "docs" / "architecture.md"):
        for name in re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8")):
            assert list(ROOT.glob(f"**/{name}")), f"{page.name}: {name}"


def test_the_page_of_settings_is_complete_and_its_defaults_are_right() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"\| `([\w.]+)` \| (.*?) \|", page))
    config = load_config()
    for section in dataclasses.fields(config):
        value = getattr(config, section.name)
        if not dataclasses.is_dataclass(value) or section.name == "wake":
            continue
        for item in dataclasses.fields(value):
            shown = rows.pop(f"{section.name}.{item.name}").strip("`")
            assert shown == _as_documented(getattr(value, item.name)), item.name
    assert set(rows) == {"wake.phrases"}
    for phrase, score in config.wake.phrases.items():
        assert f"`{phrase}` {score:g}" in rows["wake.phrases"]


def _as_documented(default: object) -> str:
    match default:
        case bool():
            return str(default).lower()
        case float():
            return f"{default:g}"
        case "":
            return "none"
        case _:
            return str(default)
