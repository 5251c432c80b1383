"""The docs list the corrections that there are."""

from pathlib import Path

from rehearsal.cloud.corrections.page import page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "moto-corrections.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "renew it: python -m rehearsal.cloud.corrections.page > docs/moto-corrections.md"
