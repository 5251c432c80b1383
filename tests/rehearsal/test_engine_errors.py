"""An error message consists of the error lines in the engine's output."""

import pytest

from rehearsal.engine import _sentence


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("warning: x\nerror: no such stack\n", "no such stack"),
        ("Diagnostics:\n    error: preview failed\n", "preview failed"),
        ("error: 2 mistakes\n  entry 1: a\n  entry 2: b\n", "2 mistakes\n  entry 1: a\n  entry 2: b"),
        ("error: a\nResources:\n  2 to create\n", "a"),
        ("it just ended\n", "it just ended"),
        ("", ""),
    ],
)
def test_an_error_is_its_line_with_what_is_indented_below_it(printed: str, said: str) -> None:
    assert _sentence(printed) == said
