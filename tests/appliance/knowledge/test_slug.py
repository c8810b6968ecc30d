from hypothesis import given
from hypothesis import strategies as st

from appliance.knowledge.document import Slugger


def test_slugs_are_those_of_github() -> None:
    slug = Slugger().slug
    assert slug("2.1 User codes") == "21-user-codes"
    assert slug("Wi-Fi & LAN: set-up") == "wi-fi--lan-set-up"
    assert slug("Gerät zurücksetzen?") == "gerät-zurücksetzen"


def test_a_repeated_heading_gets_a_number() -> None:
    slugger = Slugger()
    assert [slugger.slug(h) for h in ("Reset", "Reset", "reset", "Reset 1")] == [
        "reset", "reset-1", "reset-2", "reset-1-1",
    ]  # fmt: skip


@given(st.lists(st.sampled_from(["a", "a 1", "a-1", "A", "", "b", "a-1-1"]) | st.text()))
def test_every_slug_of_a_document_is_its_own(headings: list[str]) -> None:
    slugger = Slugger()
    slugs = [slugger.slug(heading) for heading in headings]
    assert len(set(slugs)) == len(slugs)
    assert all(
        char.isalnum() or char in "-_" or not char.isascii() for slug in slugs for char in slug
    )
