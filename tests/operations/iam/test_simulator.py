"""The evaluator agrees with an independent simulator on every attack and case."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.bootstrap.boundary import boundary
from operations.bootstrap.run import PLATFORM, context_from
from operations.iam.escapes import attacks, identity_policies, outcome
from operations.iam.evaluation import Document, Request

NPM, NODE = shutil.which("npm") or "", shutil.which("node") or ""
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not NPM, reason="needs Node.js for @cloud-copilot/iam-simulate"),
]

SIMULATOR = Path(__file__).with_name("simulator")
PROD = context_from(PLATFORM, "prod")
CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text())
MULTIVALUED = {"kms:resourcealiases", "aws:tagkeys"}
INVALID_FOR_THE_SIMULATOR = {
    "a wildcard in the account part does not reach the resource part",  # not an ARN
    "a policy variable without a value matches nothing",  # an empty path
}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory with the simulator's packages, fetched here and never shipped."""
    directory = tmp_path_factory.mktemp("simulator")
    shutil.copytree(SIMULATOR, directory, dirs_exist_ok=True)
    subprocess.run([NPM, "ci", "--no-audit", "--no-fund"], cwd=directory, check=True, capture_output=True)
    return directory


def question(
    request: Request, identity: tuple[Document, ...], limits: Document | None, resource: Document | None
) -> dict[str, Any]:
    def document(content: Document | None) -> dict[str, Any] | None:
        return None if content is None else {"Version": "2012-10-17", **content}

    return {
        "principal": request.session_arn,
        "action": request.action,
        "resource": request.resource,
        "context": {key: list(each) if key in MULTIVALUED else each[0] for key, each in request.keys.items()},
        "identity": [document(each) for each in identity],
        "boundary": document(limits),
        "resourcePolicy": document(resource),
    }


def answers(simulator: Path, questions: list[dict[str, Any]]) -> list[dict[str, str]]:
    run = subprocess.run(
        [NODE, "simulate.mjs"], cwd=simulator, input=json.dumps(questions), capture_output=True, text=True, check=True
    )
    results: list[dict[str, str]] = json.loads(run.stdout)
    assert len(results) == len(questions)
    return results


def test_the_simulator_gives_the_same_answer_to_every_attack(simulator: Path) -> None:
    every = list(attacks(PROD))
    questions = [
        question(
            attack.request,
            identity_policies(attack, PROD),
            boundary(PROD),
            attack.policy,
        )
        for attack in every
    ]
    differing = [
        (str(attack), str(outcome(attack, PROD).decision), answer)
        for attack, answer in zip(every, answers(simulator, questions), strict=True)
        if answer.get("result") is None or (answer["result"] == "Allowed") != outcome(attack, PROD).decision.is_allowed
    ]
    assert not differing, "\n".join(map(str, differing))


def test_the_simulator_gives_the_documented_answer_to_every_case(simulator: Path) -> None:
    cases = [case for case in CASES if case["name"] not in INVALID_FOR_THE_SIMULATOR]
    questions = []
    for case in cases:
        fields = {key: value for key, value in case["request"].items() if key != "context"}
        request = Request("arn:aws:iam::111122223333:role/app", **fields, context=case["request"].get("context", {}))
        parts = [{"Statement": case[name]} if name in case else None for name in ("boundary", "resource")]
        questions.append(question(request, ({"Statement": case["identity"]},), *parts))
    differing = [
        (case["name"], case["verdict"], answer)
        for case, answer in zip(cases, answers(simulator, questions), strict=True)
        if answer.get("result") is None or (answer["result"] == "Allowed") != (case["verdict"] == "ALLOWED")
    ]
    assert not differing, "\n".join(map(str, differing))
