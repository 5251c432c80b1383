"""Requests are checked against the constraints of botocore's service models."""

import json
import re
import urllib.error
import urllib.request
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.model import StringShape

from rehearsal.cloud import Emulator, constraints, moto_patches
from rehearsal.cloud.constraints import check, compiled_pattern
from rehearsal.providers.aws.calls import AwsError, Connection, Credentials, operation_model
from rehearsal.providers.aws.table import EmulatedType
from rehearsal.providers.aws.types import TABLE
from tests.rehearsal.cloud.clients import aws, cloud

REFUSED: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "pattern": (
        "iam",
        "create_role",
        {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"},
        "ValidationError",
        r"Value 'a b' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w",
    ),
    "longest name": (
        "iam",
        "create_role",
        {"RoleName": "r" * 65, "AssumeRolePolicyDocument": "{}"},
        "ValidationError",
        "at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64",
    ),
    "enum": (
        "eks",
        "create_nodegroup",
        {"clusterName": "c", "nodegroupName": "n", "subnets": [], "nodeRole": "r", "capacityType": "CHEAP"},
        "InvalidParameterException",
        "Value 'CHEAP' at 'capacityType' failed to satisfy constraint: Member must satisfy enum value set: [ON_DEMAND",
    ),
    "range": (
        "kms",
        "schedule_key_deletion",
        {"KeyId": "k", "PendingWindowInDays": 366},
        "ValidationException",
        "Value '366' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal",
    ),
    "item of a list": (
        "kms",
        "create_key",
        {"Tags": [{"TagKey": "a", "TagValue": "b"}, {"TagKey": "k" * 129, "TagValue": "c"}]},
        "ValidationException",
        "at 'tags.2.member.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128",
    ),
    "key of a map": (
        "eks",
        "tag_resource",
        {"resourceArn": "arn", "tags": {"k" * 129: "v"}},
        "InvalidParameterException",
        "at 'tags.key' failed to satisfy constraint: Member must have length less than or equal to 128",
    ),
    "binary value": (
        "secretsmanager",
        "create_secret",
        {"Name": "n", "SecretBinary": b"0" * 65537, "ClientRequestToken": "0" * 32},
        "ValidationException",
        "at 'secretBinary' failed to satisfy constraint: Member must have length less than or equal to 65536",
    ),
    "structure in a list in a structure": (
        "elbv2",
        "create_listener",
        {
            "LoadBalancerArn": "a",
            "DefaultActions": [{"Type": "forward", "Order": 50_001}],
        },
        "ValidationError",
        "Value '50001' at 'defaultActions.1.member.order' failed to satisfy constraint: Member must have value less",
    ),
    "EC2": (
        "ec2",
        "create_vpc",
        {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "shared"},
        "InvalidParameterValue",
        "Value 'shared' at 'instanceTenancy' failed to satisfy constraint: Member must satisfy enum value set: [defa",
    ),
}


@pytest.mark.parametrize(("service", "operation", "arguments", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_a_request_that_breaks_a_constraint_is_refused(
    service: str, operation: str, arguments: dict[str, Any], code: str, message: str
) -> None:
    with cloud(patched=True), pytest.raises(AwsError, match=re.escape(message)) as caught:
        Connection(Credentials()).call(service, "us-east-1", operation, arguments)
    assert caught.value.code == code
    assert "1 validation error detected: " in str(caught.value)


@pytest.mark.parametrize(("service", "operation", "arguments", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_the_requests_of_every_client_are_checked(
    service: str, operation: str, arguments: dict[str, Any], code: str, message: str
) -> None:
    """boto3 checks only minimums, so these requests reach moto."""
    with cloud(patched=True), pytest.raises(ClientError, match=re.escape(message)) as caught:
        getattr(aws(service), operation)(**arguments)
    assert caught.value.response["Error"]["Code"] == code


def test_requests_over_http_are_checked() -> None:
    """A client without botocore, such as the engine, is checked by the server."""
    with Emulator() as emulator, moto_patches.apply():
        headers = {
            "X-Amz-Target": "TrentService.CreateKey",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": "AWS4-HMAC-SHA256 Credential=REHEARSAL/20260101/us-east-1/kms/aws4_request",
        }
        body = json.dumps({"KeyUsage": "LOCK"}).encode()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(emulator.endpoint, body, headers))  # noqa: S310  # loopback
        answer = json.load(refused.value)
    assert (refused.value.code, answer["__type"]) == (400, "ValidationException")
    assert "Value 'LOCK' at 'keyUsage' failed to satisfy constraint: Member must satisfy enum value set" in str(answer)


def test_core_constraints() -> None:
    request = {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}
    with cloud(patched=False):
        assert aws("iam").create_role(**request)["Role"]["RoleName"] == "a b"
    with cloud(patched=True), pytest.raises(ClientError, match="Value 'a b' at 'roleName' failed to satisfy"):
        aws("iam").create_role(**request)


def test_every_violation_is_reported_at_once() -> None:
    model = operation_model("kms", "create_key")
    found = check(model, {"KeyUsage": "LOCK", "Origin": "MOON", "Description": "d" * 8193})
    assert [violation.path for violation in found] == ["keyUsage", "origin", "description"]
    assert constraints.message(found).startswith("3 validation errors detected: ")


def test_a_secret_does_not_appear_in_the_message() -> None:
    secret = "hunter2" * 20_000
    arguments = {"Name": "n", "SecretString": secret, "ClientRequestToken": "0" * 32}
    with cloud(patched=True), pytest.raises(AwsError, match=r"Value '\*\*\*' at 'secretString'") as caught:
        Connection(Credentials()).call("secretsmanager", "us-east-1", "create_secret", arguments)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("pattern", "value", "accepted"),
    [
        (r"[\w+=,.@-]+", "campus-dev", True),
        (r"[\w+=,.@-]+", "café", False),
        (r"[a-z]+", "abc\n", False),
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 5/é", True),
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "a;b", False),
        (r"[\w-_]*", "a-b", True),
        (r"[\p{L}\p{P}]+", "a.(b)", True),
        (r"[\p{L}\p{P}]+", "a+b", False),
        (r"[\p{L}\p{S}]+", "a+b", True),
        (r"^(?![^:\\]*/action/|(?i).*<script>.*</script>.*)[^:\\]+$", "plain", True),
        (r"^(?![^:\\]*/action/|(?i).*<script>.*</script>.*)[^:\\]+$", "<SCRIPT>x</script>", False),
        ("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", "\U0001f600", True),
    ],
)
def test_patterns_of_java_are_understood(pattern: str, value: str, *, accepted: bool) -> None:
    compiled = compiled_pattern(pattern)
    assert compiled is not None
    assert (compiled.fullmatch(value) is not None) is accepted


def test_every_pattern_of_the_emulated_services_can_be_checked() -> None:
    services = {declaration.service for declaration in TABLE.values() if isinstance(declaration, EmulatedType)}
    patterns = {
        shape.metadata["pattern"]
        for service in services
        for shape in _strings(service)
        if shape.metadata.get("pattern")
    }
    assert len(patterns) > 200
    assert {pattern for pattern in patterns if compiled_pattern(pattern) is None} == set()


def test_a_pattern_that_cannot_be_checked_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    shape = StringShape("Odd", {"type": "string", "pattern": r"[a-z&&[^b]]+"})
    assert list(constraints._compile(shape)) == []
    assert "values of Odd are not checked" in caplog.text


def _strings(service: str) -> list[StringShape]:
    model = boto3.Session()._session.get_service_model(service)
    shapes = (model.shape_for(name) for name in model.shape_names)
    return [shape for shape in shapes if isinstance(shape, StringShape)]


def test_every_exception_names_an_existing_shape_and_a_reason() -> None:
    for (service, name), reason in constraints.EXCEPTIONS.items():
        model = boto3.Session()._session.get_service_model(service)
        assert name in model.shape_names
        assert reason
