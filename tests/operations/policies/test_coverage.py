"""Each benchmark identifier is covered, left out for a reason, or unassigned.

Inconsistent entries in the list of identifiers are reported as mistakes.
"""

from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from operations.policies.coverage import coverage
from policy_packs.kernel.registry import Findings, rule
from policy_packs.kernel.resource import Resource


@rule("thing-must-work", on="aws:x/y:Y", covers=["CKV_AWS_1", "CKV_AWS_9"])
def works(thing: Resource) -> Findings:
    """Things work."""
    if not thing["on"]:
        yield "it is off; turn it on"


def listed(file: Path, names: list[object], left_out: dict[str, str]) -> Path:
    file.write_text(
        yaml.safe_dump({"identifiers": [{"set": "CKV_AWS_", "area": "x", "names": names}], "left_out": left_out})
    )
    return file


def test_an_identifier_neither_covered_nor_left_out_is_unassigned(tmp_path: Path) -> None:
    measured = coverage([works], listed(tmp_path / "c.yaml", [1, 2, 3, 9], {"CKV_AWS_2": "it needs the live account"}))
    assert measured.unassigned == ("CKV_AWS_3",)
    assert measured.count(measured.listed) == (2, 1, 1)
    assert measured.mistakes == ()


def test_inconsistent_identifiers_are_reported(tmp_path: Path) -> None:
    measured = coverage([works], listed(tmp_path / "c.yaml", [1, 2, 2], {"CKV_AWS_1": "reason", "CKV_AWS_8": "reason"}))
    assert measured.mistakes == (
        "CKV_AWS_8 isn't listed in coverage.yaml",
        "CKV_AWS_9 isn't listed in coverage.yaml (thing-must-work)",
        "CKV_AWS_1 is left out, but covered by thing-must-work",
        "CKV_AWS_2 is listed twice",
    )


def test_nothing_is_left_out_without_a_reason(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        coverage([works], listed(tmp_path / "c.yaml", [1], {"CKV_AWS_1": " "}))
