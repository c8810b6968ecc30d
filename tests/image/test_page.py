"""The tables of docs/image.md are those of the overlay."""

from __future__ import annotations

from tests.image.page import PAGE, rendered


def test_the_page_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert rendered(page) == page, "run `python -m tests.image.page`"
