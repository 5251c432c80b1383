"""The evaluator's answers equal those that IAM documents."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.iam.conditions import UnsupportedPolicyError
from operations.iam.evaluation import PolicySet, Request, Verdict, evaluate

ROLE = "arn:aws:iam::111122223333:role/app"
CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text())


def policy_set(case: dict[str, Any]) -> PolicySet:
    def document(name: str) -> dict[str, Any] | None:
        return {"Statement": case[name]} if name in case else None

    return PolicySet(
        identity=({"Statement": case["identity"]},),
        boundary=document("boundary"),
        resource=document("resource"),
        requires_resource_policy=case.get("requires_resource_policy", False),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_documented_semantics(case: dict[str, Any]) -> None:
    assert evaluate(Request(ROLE, **case["request"]), policy_set(case)).verdict is Verdict[case["verdict"]]


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringMatches": {"aws:SourceVpc": "x"}}},
        {"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": "*"}},
    ],
)
def test_unknown_elements_are_refused(statement: dict[str, Any]) -> None:
    with pytest.raises(UnsupportedPolicyError):
        evaluate(Request(ROLE, "s3:GetObject", "*"), PolicySet(({"Statement": statement},)))
