"""Mapping between property names and AWS members, in both directions."""

import datetime as dt
from typing import Any

import pytest
from botocore.model import Shape as AwsShape
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.providers.aws.calls import cast_to_shape, input_shape
from rehearsal.providers.aws.mapping import from_aws, members, names_match, to_aws, unmapped_paths
from rehearsal.providers.schema import PropertySchema, ValueType

TEXT, NUMBER = PropertySchema(ValueType.STRING), PropertySchema(ValueType.INTEGER)


def shape_of(service: str, operation: str, *path: str) -> AwsShape:
    shape: AwsShape = input_shape(service, operation)
    for member in path:
        shape = members(shape)[member]
    return shape


@pytest.mark.parametrize(
    ("name", "member"),
    [("kmsKeyId", "KMSKeyId"), ("subnetIds", "SubnetId"), ("bucket", "Buckets"), ("multiAz", "MultiAZ")],
)
def test_names_match_regardless_of_case_and_plural(name: str, member: str) -> None:
    assert names_match(name, member)


def test_exact_name_takes_precedence_over_a_plural() -> None:
    shape = shape_of("rds", "create_db_instance")
    mapped = to_aws(shape, {"dbSecurityGroups": ["x"], "tags": {"a": "b"}}, {})
    assert mapped == {"DBSecurityGroups": ["x"], "Tags": [{"Key": "a", "Value": "b"}]}


def test_declared_names_apply_only_where_their_member_exists() -> None:
    names = {"name": "RoleName"}
    assert to_aws(shape_of("iam", "create_role"), {"name": "api"}, names) == {"RoleName": "api"}
    dimension = shape_of("cloudwatch", "put_metric_alarm", "Dimensions").member  # type: ignore[attr-defined]  # a list
    assert to_aws(dimension, {"name": "Host", "value": "a"}, names) == {"Name": "Host", "Value": "a"}


def test_terraform_conventions_are_undone() -> None:
    scalar = shape_of("ec2", "modify_vpc_attribute")
    assert to_aws(scalar, {"enableDnsSupport": True}, {}) == {"EnableDnsSupport": {"Value": True}}
    listed = shape_of("eks", "create_cluster")
    encryption = {"encryptionConfig": {"provider": {"keyArn": "arn"}, "resources": ["secrets"]}}
    assert to_aws(listed, encryption, {}) == {
        "encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": "arn"}}]
    }


def test_empty_text_is_left_out() -> None:
    assert to_aws(shape_of("kms", "create_key"), {"description": "", "policy": None}, {}) == {}


def test_field_without_an_aws_member_is_unmapped() -> None:
    rule = PropertySchema(
        ValueType.OBJECT, fields={"capacity": TEXT, "subnetIds": PropertySchema(ValueType.LIST, item=TEXT)}
    )
    assert list(unmapped_paths(rule, shape_of("eks", "create_cluster", "resourcesVpcConfig"), {}, "vpcConfig")) == [
        "vpcConfig.capacity"
    ]


def test_responses_are_converted_to_the_sdk_form() -> None:
    when = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    shape = PropertySchema(
        ValueType.OBJECT,
        fields={
            "createdAt": TEXT,
            "count": NUMBER,
            "open": PropertySchema(ValueType.BOOLEAN),
            "tags": PropertySchema(ValueType.MAP, item=TEXT),
            "identities": PropertySchema(
                ValueType.LIST, item=PropertySchema(ValueType.OBJECT, fields={"issuer": TEXT})
            ),
        },
    )
    response = {
        "CreatedAt": when,
        "Count": "3",
        "Open": {"Value": "true"},
        "Tags": [{"Key": "a", "Value": "b"}],
        "Identity": {"Issuer": "x"},
        "Other": 1,
    }
    assert from_aws(shape, response, {"identities": "Identity"}) == {
        "createdAt": "2026-01-01T00:00:00Z",
        "count": 3,
        "open": True,
        "tags": {"a": "b"},
        "identities": [{"issuer": "x"}],
    }


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5), max_size=4))
def test_tags_survive_a_round_trip(tags: dict[str, str]) -> None:
    shape = shape_of("iam", "create_role", "Tags")
    assert from_aws(PropertySchema(ValueType.MAP, item=TEXT), to_aws(shape, tags, {}), {}) == tags


@given(st.integers(0, 10**6))
def test_numbers_are_cast_to_the_operations_types(number: int) -> None:
    shape = shape_of("rds", "create_db_instance")
    args: dict[str, Any] = {"AllocatedStorage": float(number), "EngineVersion": float(number), "MultiAZ": "true"}
    assert cast_to_shape(shape, args) == {"AllocatedStorage": number, "EngineVersion": str(number), "MultiAZ": True}
