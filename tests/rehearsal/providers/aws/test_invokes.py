"""Function calls answer as the real provider does."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.aws.policy_document import policy_document
from rehearsal.providers.protocol import ProviderError


def ask(world: Any, function: str, module: str = "index", /, **args: Any) -> Any:
    return world.configured.invoke(f"aws:{module}/{function}:{function}", args)


def test_who_and_where_one_is(world: Any) -> None:
    assert ask(world, "getCallerIdentity")["accountId"] == "123456789012"
    assert ask(world, "getRegion")["region"] == "us-east-1"
    assert ask(world, "getRegion", region="us-west-2")["region"] == "us-west-2"
    assert ask(world, "getPartition")["partition"] == "aws"
    assert ask(world, "getDefaultTags")["tags"] == {"environment": "dev"}


def test_zones_are_in_order_and_can_be_left_out(world: Any) -> None:
    names = ask(world, "getAvailabilityZones", state="available")["names"]
    assert names[:3] == ["us-east-1a", "us-east-1b", "us-east-1c"]
    assert "us-east-1a" not in ask(world, "getAvailabilityZones", excludeNames=["us-east-1a"])["names"]


def test_a_parameter_is_read(world: Any) -> None:
    world.make("aws:ssm/parameter:Parameter", name="/campus/ami", type="String", value="ami-1")
    assert ask(world, "getParameter", "ssm", name="/campus/ami")["value"] == "ami-1"
    with pytest.raises(ProviderError, match="ParameterNotFound"):
        ask(world, "getParameter", "ssm", name="/campus/none")


def test_an_image_is_found_or_its_absence_explained(world: Any) -> None:
    found = ask(world, "getAmi", "ec2", owners=["amazon"], mostRecent=True, nameRegex="^amzn-ami")
    assert found["id"].startswith("ami-")
    with pytest.raises(ProviderError, match="returned no results"):
        ask(world, "getAmi", "ec2", nameRegex="^nothing is called so$")
    with pytest.raises(ProviderError, match="more than one result"):
        ask(world, "getAmi", "ec2", owners=["amazon"])


def test_a_cluster_token_is_a_signed_url_for_that_cluster(world: Any) -> None:
    token = ask(world, "getClusterAuth", "eks", name="campus")["token"].removeprefix("k8s-aws-v1.")
    url = urlparse(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
    query = parse_qs(url.query)
    assert url.hostname == "sts.us-east-1.amazonaws.com"
    assert query["Action"] == ["GetCallerIdentity"]
    assert "x-k8s-aws-id" in query["X-Amz-SignedHeaders"][0]


def test_passwords_are_random_and_of_the_length_asked_for(world: Any) -> None:
    passwords = {ask(world, "getRandomPassword", "secretsmanager", passwordLength=20)["randomPassword"] for _ in "ab"}
    assert {len(password) for password in passwords} == {20}
    assert len(passwords) == 2


def test_keys_are_found_by_alias(world: Any, ground: Any) -> None:
    world.make("aws:kms/alias:Alias", name="alias/database", targetKeyId=ground.key)
    assert ask(world, "getAlias", "kms", name="alias/database")["targetKeyArn"] == ground.key
    assert ask(world, "getKey", "kms", keyId="alias/database")["arn"] == ground.key
    with pytest.raises(ProviderError, match="no key named alias/none"):
        ask(world, "getAlias", "kms", name="alias/none")


def test_an_unknown_function_is_refused_by_name(world: Any) -> None:
    with pytest.raises(
        ProviderError, match=r"does not implement the function aws:ec2/getVpcs:getVpcs; it has getAlias"
    ):
        ask(world, "getVpcs", "ec2")


def test_a_policy_is_written_letter_for_letter_as_by_the_real_provider() -> None:
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
    ("principals", "written"),
    [
        ([{"type": "*", "identifiers": ["*"]}], "*"),
        ([{"type": "AWS", "identifiers": ["*"]}], {"AWS": "*"}),
        ([{"type": "AWS", "identifiers": ["1"]}, {"type": "AWS", "identifiers": ["2"]}], {"AWS": ["1", "2"]}),
    ],
)
def test_principals_take_the_form_that_iam_tells_apart(principals: list[Any], written: Any) -> None:
    document = json.loads(policy_document({"statements": [{"principals": principals}]})["json"])
    assert document["Statement"][0]["Principal"] == written


def test_documents_are_merged_by_sid() -> None:
    source = json.dumps({"Statement": {"Sid": "A", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}})
    override = json.dumps({"Statement": [{"Sid": "B", "Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    args = {
        "sourcePolicyDocuments": [source],
        "overridePolicyDocuments": [override],
        "statements": [{"sid": "B", "actions": ["iam:*"]}, {"actions": ["kms:*"]}],
    }
    statements = json.loads(policy_document(args)["json"])["Statement"]
    assert [(one.get("Sid"), one["Action"]) for one in statements] == [("A", "s3:*"), ("B", "ec2:*"), (None, "kms:*")]


def test_statements_with_one_sid_are_refused() -> None:
    with pytest.raises(ProviderError, match='duplicate Sid "A"'):
        policy_document({"statements": [{"sid": "A"}, {"sid": "A"}]})
    with pytest.raises(ProviderError, match="not JSON"):
        policy_document({"sourcePolicyDocuments": ["{"]})


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_the_short_form_says_the_same_as_the_long_one(actions: list[str]) -> None:
    answer = policy_document({"statements": [{"actions": actions, "resources": ["*"]}]})
    assert json.loads(answer["json"]) == json.loads(answer["minifiedJson"])
    assert "\n" not in answer["minifiedJson"].replace("\\n", "")
