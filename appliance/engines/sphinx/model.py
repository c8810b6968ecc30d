"""Where PocketSphinx keeps its English models; the only way that this package finds them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from appliance.errors import EngineError

_FILES: Final = ("en-us", "cmudict-en-us.dict", "en-us.lm.bin")


def model_folder() -> Path:
    """The folder with `en-us/` (acoustic model), `cmudict-en-us.dict` and `en-us.lm.bin`.

    Raises:
        EngineError: the wheel is missing or carries no model.
    """
    try:
        import pocketsphinx  # noqa: PLC0415 - a broken wheel must become an EngineError

        folder = Path(pocketsphinx.get_model_path("en-us"))
    except (ImportError, OSError, TypeError) as error:
        raise _missing(str(error)) from error
    for name in _FILES:
        if not (folder / name).exists():
            raise _missing(f"{folder / name} does not exist")
    return folder


def _missing(cause: str) -> EngineError:
    return EngineError(
        "ENG-ASR-MODEL",
        "speech cannot be recognised",
        cause,
        "install it: pip install 'pocketsphinx>=5.1'",
    )
