"""The documentation lists the moto patches."""

from pathlib import Path

from rehearsal.cloud.moto_patches.page import page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "moto-patches.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), f"regenerate: python -m rehearsal.cloud.moto_patches.page > {PAGE}"
