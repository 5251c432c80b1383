"""The proof finds permissions that the deployer lacks for recorded AWS calls."""

import json
from pathlib import Path

from operations.bootstrap.run import PLATFORM, context_from
from operations.iam.proof import expected_denials, prove, stale
from operations.iam.requests import Call, read_calls, requests_of

DEV = context_from(PLATFORM, "dev")
ROLE = DEV.iam("role/campus-dev-deployer")
BOUNDARY = DEV.boundary


def call(service: str, operation: str, **arguments: object) -> Call:
    return Call(service, operation, "us-east-1", arguments)


CREATE_ROLE = call("iam", "CreateRole", RoleName="campus-dev-x", PermissionsBoundary=BOUNDARY)


def test_a_call_log_is_read_back(tmp_path: Path) -> None:
    log = tmp_path / "calls.jsonl"
    line = {"service": "s3", "operation": "HeadBucket", "region": "us-east-1", "arguments": {"Bucket": "b"}}
    log.write_text(json.dumps(line) + "\n")
    (read,) = read_calls(log)
    assert (read.action, read.arguments) == ("s3:ListBucket", {"Bucket": "b"})


def test_the_boundary_of_a_role_is_known_to_later_calls() -> None:
    calls = [CREATE_ROLE, call("iam", "PutRolePolicy", RoleName="campus-dev-x")]
    _, later = requests_of(calls, DEV.account, ROLE)
    assert later.context["iam:PermissionsBoundary"] == (BOUNDARY,)
    assert prove(calls, DEV).unexpected == ()


def test_a_role_without_the_boundary_is_an_unexpected_denial() -> None:
    (denial,) = prove([call("iam", "CreateRole", RoleName="campus-dev-x")], DEV).unexpected
    assert denial.request.action == "iam:CreateRole"


def test_a_call_that_names_a_role_also_passes_it() -> None:
    role = DEV.iam("role/campus-dev-nodes")
    requests = list(requests_of([call("eks", "CreateNodegroup", nodeRole=role)], DEV.account, ROLE))
    assert [(each.action, each.resource) for each in requests] == [("eks:CreateNodegroup", "*"), ("iam:PassRole", role)]
    assert requests[1].context["iam:PassedToService"] == ("eks.amazonaws.com",)


def test_an_access_entry_passes_no_role() -> None:
    entry = call("eks", "CreateAccessEntry", principalArn=ROLE, clusterName="campus-dev")
    assert [each.action for each in requests_of([entry], DEV.account, ROLE)] == ["eks:CreateAccessEntry"]


def test_an_action_that_nobody_granted_is_an_unexpected_denial() -> None:
    (denial,) = prove([call("lambda", "CreateFunction")], DEV).unexpected
    assert denial.request.action == "lambda:CreateFunction"


def test_an_expected_denial_has_its_reason_and_turns_stale_without_it() -> None:
    proof = prove([call("cloudtrail", "DeleteTrail")], DEV)
    assert [denial.reason for denial in proof.denials] == [expected_denials()["cloudtrail:DeleteTrail"]]
    assert "cloudtrail:DeleteTrail" not in stale(proof, expected_denials())
    assert "config:StopConfigurationRecorder" in stale(proof, expected_denials())
    assert stale(prove([], DEV), {"cloudtrail:DeleteTrail": "why"}) == ("cloudtrail:DeleteTrail",)


def test_unused_actions_are_those_granted_and_not_called() -> None:
    proof = prove([CREATE_ROLE, call("kms", "CreateKey")], DEV)
    assert "kms:CreateKey" not in proof.unused
    assert "rds:CreateDBInstance" in proof.unused


def test_the_engine_may_use_the_state_and_its_key_and_no_other() -> None:
    state = "pulumi-state-dev"
    own = [
        call("s3", "ListObjectsV2", Bucket=state),
        call("s3", "GetObject", Bucket=state, Key=".pulumi/stacks/dev.json"),
        call("s3", "PutObject", Bucket=state, Key=".pulumi/stacks/dev.json"),
        call("s3", "DeleteObject", Bucket=state, Key=".pulumi/locks/dev/1.json"),
        call("kms", "Encrypt", KeyId="alias/pulumi-secrets"),
        call("kms", "Decrypt", KeyId="alias/pulumi-secrets"),
    ]
    assert prove(own, DEV).unexpected == ()
    other = [call("s3", "GetObject", Bucket="other", Key="k"), call("kms", "Decrypt", KeyId="alias/other")]
    assert [denial.request.action for denial in prove(other, DEV).unexpected] == ["s3:GetObject", "kms:Decrypt"]
