"""Schemas match the declarations of the SDK package and are cached on disk."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rehearsal.providers import schema
from rehearsal.providers.schema import SdkSchemas, UnknownTypeError, ValueType

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def schemas(cache: Path) -> SdkSchemas:
    return SdkSchemas("aws", cache)


def test_a_schema_has_inputs_outputs_and_required_inputs(schemas: SdkSchemas) -> None:
    subnet = schemas.get("aws:ec2/subnet:Subnet")
    assert subnet.required == {"vpcId"}
    assert subnet.inputs["mapPublicIpOnLaunch"].type is ValueType.BOOLEAN
    assert subnet.outputs["arn"].type is ValueType.STRING
    assert "arn" not in subnet.inputs
    tags = subnet.inputs["tags"]
    assert tags.type is ValueType.MAP
    assert tags.item is not None
    assert tags.item.type is ValueType.STRING


def test_nested_objects_have_fields_and_required_fields(schemas: SdkSchemas) -> None:
    ingress = schemas.get(GROUP).inputs["ingress"]
    assert ingress.type is ValueType.LIST
    assert ingress.item is not None
    assert ingress.item.required == {"protocol", "fromPort", "toPort"}
    assert ingress.item.fields["cidrBlocks"].type is ValueType.LIST


def test_outputs_that_the_provider_never_computes_are_optional(schemas: SdkSchemas) -> None:
    vpc = schemas.get(VPC)
    assert "tags" in vpc.optional_outputs
    assert not {"arn", "cidrBlock"} & vpc.optional_outputs


def test_a_type_that_the_sdk_lacks_raises(schemas: SdkSchemas) -> None:
    with pytest.raises(UnknownTypeError, match="no resource type aws:ec2/vpc:Vcp"):
        schemas.get("aws:ec2/vpc:Vcp")


def test_other_sdk_packages_are_supported(cache: Path) -> None:
    mount = SdkSchemas("vault", cache).get("vault:index/mount:Mount")
    assert mount.required == {"path", "type"}


def test_a_cached_schema_is_not_read_from_the_sdk_again(
    cache: Path, schemas: SdkSchemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = schemas.get(VPC)

    def refuse(package: str, token: str) -> None:
        raise AssertionError(f"{token} was read from {package} again")

    monkeypatch.setattr(schema, "_describe", refuse)
    again = SdkSchemas("aws", cache).get(VPC)
    assert again.inputs.keys() == first.inputs.keys()
    assert again.optional_outputs == first.optional_outputs


def test_a_corrupt_cache_file_is_rewritten(cache: Path, schemas: SdkSchemas) -> None:
    schemas.get(VPC)
    (path,) = cache.rglob("aws_ec2_vpc_Vpc.json")
    path.write_text('{"inputs":')
    assert SdkSchemas("aws", cache).get(VPC).inputs
    assert path.read_text().endswith("}")


def test_schemas_can_be_read_from_many_threads(tmp_path: Path) -> None:
    fresh = SdkSchemas("aws", tmp_path)
    tokens = [VPC, GROUP, "aws:s3/bucket:Bucket", "aws:kms/key:Key"] * 8
    with ThreadPoolExecutor(8) as pool:
        schemas = list(pool.map(fresh.get, tokens))
    assert [each.token for each in schemas] == tokens
    assert "pulumi_aws" in sys.modules
