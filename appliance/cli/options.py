"""Options that several verbs share."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from appliance.config import DEFAULT_PROFILE, Config, load_config
from appliance.errors import ConfigError

IMAGE_SETTINGS: Final = (
    Path("/etc/appliance/config.toml"),
    Path("/etc/appliance/board.toml"),
)
"""On a device: where state and keys lie, and what its board has (docs/image.md)."""


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """`--profile` and `--config`."""
    parser.add_argument(
        "--profile", default=DEFAULT_PROFILE, help="which engines (default: %(default)s)"
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        action="append",
        help="settings laid over the profile's (TOML); with several files the last one counts "
        f"(on a device: {', '.join(map(str, IMAGE_SETTINGS))})",
    )


def add_knowledge_option(parser: argparse.ArgumentParser) -> None:
    """`--knowledge`."""
    parser.add_argument(
        "--knowledge",
        metavar="PACK",
        help="what to answer from: a pack made by `appliance knowledge build`",
    )


def config_from(arguments: argparse.Namespace) -> Config:
    """The configuration that the command line asks for.

    Raises:
        ConfigError: it cannot be used.
    """
    there = [path for path in IMAGE_SETTINGS if os.access(path, os.R_OK)]
    return load_config(arguments.profile, *(arguments.config or there))


def config_with_knowledge(arguments: argparse.Namespace) -> Config:
    """The same, with a knowledge pack, which it must have.

    Raises:
        ConfigError: no pack is named.
    """
    config = config_from(arguments)
    pack = arguments.knowledge or config.knowledge.pack
    if not pack:
        raise ConfigError(
            "CFG-NO-PACK",
            "there is nothing to answer from",
            "no knowledge pack is named",
            "name one with --knowledge, or make one: appliance knowledge build DIR -o PACK",
        )
    return replace(config, knowledge=replace(config.knowledge, pack=pack))


def without_follow_up(config: Config) -> Config:
    """For recordings, each of which holds its wake phrase."""
    return replace(config, conversation=replace(config.conversation, follow_up_s=0.0))


def state_folder(config: Config) -> Path:
    """Where timers and the volume are kept: as configured, else as the XDG directories say."""
    if config.storage.folder:
        return Path(config.storage.folder)
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "voice-appliance"
