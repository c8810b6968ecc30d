"""Errors that a person can act on. One handler at the top prints them (`appliance.cli`)."""

from __future__ import annotations


class ApplianceError(Exception):
    """Something failed that is not a bug of ours.

    Attributes:
        code: stable identifier, for logs and support (`KNOW-…`, `CFG-…`).
        what: what failed, in the words of the person at the keyboard.
        cause: why, as far as is known.
        remedy: what to do next.
    """

    def __init__(self, code: str, what: str, cause: str, remedy: str) -> None:
        super().__init__(f"{what}; {cause}; {remedy}")
        self.code, self.what, self.cause, self.remedy = code, what, cause, remedy


class ConfigError(ApplianceError):
    """The configuration or the command line cannot be used (`CFG-…`)."""


class KnowledgeError(ApplianceError):
    """Documents, a knowledge pack or golden questions cannot be used (`KNOW-…`)."""


class EngineError(ApplianceError):
    """An engine is missing, failed, or missed its deadline (`ENG-…`)."""


class ModelError(ApplianceError):
    """The model store, its manifest or a source of models cannot be used (`MOD-…`)."""
