"""Provider functions return the same results as in the real provider."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.aws.policy_document import policy_document
from rehearsal.providers.protocol import ProviderError


def call_function(engine: Any, function: str, module: str = "index", /, **args: Any) -> Any:
    return engine.configured.invoke(f"aws:{module}/{function}:{function}", args)


def test_caller_region_and_partition(engine: Any) -> None:
    assert call_function(engine, "getCallerIdentity")["accountId"] == "123456789012"
    assert call_function(engine, "getRegion")["region"] == "us-east-1"
    assert call_function(engine, "getRegion", region="us-west-2")["region"] == "us-west-2"
    assert call_function(engine, "getPartition")["partition"] == "aws"
    assert call_function(engine, "getDefaultTags")["tags"] == {"environment": "dev"}


def test_zones_are_sorted_and_can_be_excluded(engine: Any) -> None:
    names = call_function(engine, "getAvailabilityZones", state="available")["names"]
    assert names[:3] == ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert "us-east-1a" not in call_function(engine, "getAvailabilityZones", excludeNames=["us-east-1a"])["names"]


def test_ssm_parameter_is_read(engine: Any) -> None:
    engine.create("aws:ssm/parameter:Parameter", name="/campus/ami", type="String", value="ami-1")
    assert call_function(engine, "getParameter", "ssm", name="/campus/ami")["value"] == "ami-1"
    with pytest.raises(ProviderError, match="ParameterNotFound"):
        call_function(engine, "getParameter", "ssm", name="/campus/none")


def test_image_is_found_or_the_error_says_why_not(engine: Any) -> None:
    image = call_function(engine, "getAmi", "ec2", owners=["amazon"], mostRecent=True, nameRegex="^amzn-ami")
    assert image["id"].startswith("ami-")
    with pytest.raises(ProviderError, match="returned no results"):
        call_function(engine, "getAmi", "ec2", nameRegex="^no-such-image$")
    with pytest.raises(ProviderError, match="more than one result"):
        call_function(engine, "getAmi", "ec2", owners=["amazon"])


def test_cluster_token_is_a_presigned_url_for_that_cluster(engine: Any) -> None:
    token = call_function(engine, "getClusterAuth", "eks", name="campus")["token"].removeprefix("k8s-aws-v1.")
    url = urlparse(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
    query = parse_qs(url.query)
    assert url.hostname == "sts.us-east-1.amazonaws.com"
    assert query["Action"] == ["GetCallerIdentity"]
    assert "x-k8s-aws-id" in query["X-Amz-SignedHeaders"][0]


def test_passwords_are_random_and_have_the_requested_length(engine: Any) -> None:
    passwords = {
        call_function(engine, "getRandomPassword", "secretsmanager", passwordLength=20)["randomPassword"] for _ in "ab"
    }
    assert {len(password) for password in passwords} == {20}
    assert len(passwords) == 2


def test_keys_are_found_by_alias(engine: Any, deps: Any) -> None:
    engine.create("aws:kms/alias:Alias", name="alias/database", targetKeyId=deps.key)
    assert call_function(engine, "getAlias", "kms", name="alias/database")["targetKeyArn"] == deps.key
    assert call_function(engine, "getKey", "kms", keyId="alias/database")["arn"] == deps.key
    with pytest.raises(ProviderError, match="no key named alias/none"):
        call_function(engine, "getAlias", "kms", name="alias/none")


def test_unimplemented_function_is_rejected_by_name(engine: Any) -> None:
    with pytest.raises(
        ProviderError, match=r"does not implement the function aws:ec2/getVpcs:getVpcs; available: getAlias"
    ):
        call_function(engine, "getVpcs", "ec2")


def test_policy_text_is_identical_to_the_real_providers() -> None:
    statement = {
        "sid": "Read",
        "actions": ["s3:Get*", "s3:List*"],
        "resources": ["*"],
        "principals": [
            {"type": "Service", "identifiers": ["ec2.amazonaws.com"]},
            {"type": "AWS", "identifiers": ["1", "2"]},
        ],
        "conditions": [{"test": "StringLike", "variable": "s3:prefix", "values": ["home/&{aws:username}/*"]}],
    }
    text = policy_document({"statements": [statement, {"effect": "Deny", "notActions": ["iam:*"]}]})["json"]
    assert text.splitlines() == [
        "{",
        '  "Version": "2012-10-17",',
        '  "Statement": [',
        "    {",
        '      "Sid": "Read",',
        '      "Effect": "Allow",',
        '      "Action": [',
        '        "s3:List*",',
        '        "s3:Get*"',
        "      ],",
        '      "Resource": "*",',
        '      "Principal": {',
        '        "AWS": [',
        '          "2",',
        '          "1"',
        "        ],",
        '        "Service": "ec2.amazonaws.com"',
        "      },",
        '      "Condition": {',
        '        "StringLike": {',
        '          "s3:prefix": "home/${aws:username}/*"',
        "        }",
        "      }",
        "    },",
        "    {",
        '      "Effect": "Deny",',
        '      "NotAction": "iam:*"',
        "    }",
        "  ]",
        "}",
    ]


@pytest.mark.parametrize(
    ("principals", "expected"),
    [
        ([{"type": "*", "identifiers": ["*"]}], "*"),
        ([{"type": "AWS", "identifiers": ["*"]}], {"AWS": "*"}),
        ([{"type": "AWS", "identifiers": ["1"]}, {"type": "AWS", "identifiers": ["2"]}], {"AWS": ["1", "2"]}),
    ],
)
def test_principals_have_the_form_that_iam_expects(principals: list[Any], expected: Any) -> None:
    document = json.loads(policy_document({"statements": [{"principals": principals}]})["json"])
    assert document["Statement"][0]["Principal"] == expected


def test_documents_are_merged_by_sid() -> None:
    source = json.dumps({"Statement": {"Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}})
    override = json.dumps({"Statement": [{"Sid": "B", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    args = {
        "sourcePolicyDocuments": [source],
        "overridePolicyDocuments": [override],
        "statements": [{"sid": "B", "actions": ["iam:*"]}, {"actions": ["kms:*"]}],
    }
    statements = json.loads(policy_document(args)["json"])["Statement"]
    assert [(statement.get("Sid"), statement["Action"]) for statement in statements] == [
        ("A", "s3:*"),
        ("B", "ec2:*"),
        (None, "kms:*"),
    ]


def test_duplicate_sids_and_invalid_documents_are_rejected() -> None:
    with pytest.raises(ProviderError, match='duplicate Sid "A"'):
        policy_document({"statements": [{"sid": "A"}, {"sid": "A"}]})
    with pytest.raises(ProviderError, match="not JSON"):
        policy_document({"sourcePolicyDocuments": ["{"]})


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_minified_json_equals_the_indented_one(actions: list[str]) -> None:
    outputs = policy_document({"statements": [{"actions": actions, "resources": ["*"]}]})
    assert json.loads(outputs["json"]) == json.loads(outputs["minifiedJson"])
    assert "\n" not in outputs["minifiedJson"].replace("\\n", "")
