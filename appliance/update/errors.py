"""What an update is refused for, and what can fail."""

from __future__ import annotations

from pathlib import Path

from appliance.errors import ApplianceError

NOT_OURS = "ask whoever made this device for an update that is signed for it"


class UpdateError(ApplianceError):
    """An update cannot be looked at or installed (`UPD-…`)."""


class RefusedError(UpdateError):
    """The file was looked at, and must not be installed."""


def refused(code: str, file: Path, cause: str, remedy: str) -> RefusedError:
    """The update in `file` is refused; `code` without its prefix."""
    return RefusedError(f"UPD-{code}", f"the update {file.name} is refused", cause, remedy)


def cut_short(file: Path) -> RefusedError:
    """Its end is not there."""
    return refused("CUT", file, "the file is cut short", "copy it again, whole")


def damaged(file: Path) -> RefusedError:
    """It is not what was signed."""
    return refused(
        "DAMAGED", file, "its contents were changed after it was signed", "copy it again"
    )


def foreign(file: Path, cause: str) -> RefusedError:
    """It is something else."""
    return refused("FORMAT", file, cause, "name a .raucb bundle or a .pack with its .pack.sig")


def unsigned(file: Path, cause: str) -> RefusedError:
    """No signature that counts here."""
    return refused("SIGNATURE", file, cause, NOT_OURS)


def wrong_board(file: Path, its: str, ours: str) -> RefusedError:
    """It was made for other hardware."""
    cause = f"it is for `{its[:60]}`, and this is `{ours}`"
    return refused("BOARD", file, cause, "choose the update for this board")


def older(file: Path, its: str, ours: str) -> RefusedError:
    """It would bring back what was mended since."""
    return refused(
        "OLDER",
        file,
        f"it is version {its}, older than {ours}, which is installed",
        "take a newer one; an older version must be published again under a higher number",
    )


def unreadable(file: Path, error: OSError) -> UpdateError:
    """The file system says no."""
    cause = (error.strerror or str(error)).lower()
    return UpdateError(
        "UPD-FILE", f"cannot read {file}", cause, "check the path, the stick and the permissions"
    )


def no_room(file: Path, size: int) -> UpdateError:
    """The data partition is too full to take it in."""
    return UpdateError(
        "UPD-ROOM",
        f"the update {file.name} has no room",
        f"it takes {size / 1e6:.0f} MB",
        "make room on the data partition: `test storage` on the console tells how much there is",
    )


def not_copied(file: Path, error: OSError) -> UpdateError:
    """Reading or writing broke off."""
    return UpdateError(
        "UPD-FILE",
        f"the update {file.name} could not be copied",
        (error.strerror or str(error)).lower(),
        "what is used stays as it is; check the stick and the disk, and try again",
    )
