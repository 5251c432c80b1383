"""A provider's own configuration."""

from typing import Any

import pytest

from rehearsal.providers.aws import AwsProvider
from rehearsal.providers.aws.tags import TagRules
from rehearsal.providers.protocol import ProviderError, Urn

WHO = "aws:index/getCallerIdentity:getCallerIdentity"


def test_a_region_must_come_from_somewhere(provider: AwsProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert [failure.property for failure in provider.check_config({}).failures] == ["region"]
    with pytest.raises(ProviderError, match="no region"):
        provider.configure({})
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert not provider.check_config({}).failures


def test_another_account_than_the_allowed_is_refused(provider: AwsProvider, world: Any) -> None:  # noqa: ARG001  # moto
    with pytest.raises(ProviderError, match="123456789012 is not among the provider's allowedAccountIds"):
        provider.configure({"region": "us-east-1", "allowedAccountIds": ["000000000000"]})
    with pytest.raises(ProviderError, match="forbiddenAccountIds"):
        provider.configure({"region": "us-east-1", "forbiddenAccountIds": ["123456789012"]})
    provider.configure({"region": "us-east-1", "allowedAccountIds": ["123456789012"]})


def test_a_role_in_another_account_works_in_that_account(provider: AwsProvider, world: Any) -> None:  # noqa: ARG001  # moto
    role = {"roleArn": "arn:aws:iam::111122223333:role/deploy", "sessionName": "ci"}
    there = provider.configure({"region": "us-east-1", "assumeRoles": [role], "allowedAccountIds": ["111122223333"]})
    assert there.invoke(WHO, {})["accountId"] == "111122223333"


def test_what_only_matters_to_a_real_account_is_accepted(provider: AwsProvider) -> None:
    config = {"region": "us-east-1", "profile": "prod", "skipCredentialsValidation": True, "endpoints": [{"s3": "x"}]}
    assert not provider.check_config(config).failures
    provider.configure(config)


def test_ignored_tags_are_neither_shown_nor_drift(provider: AwsProvider, world: Any, client: Any) -> None:
    ignoring = provider.configure(
        {"region": "us-east-1", "ignoreTags": {"keys": ["cost"], "keyPrefixes": ["kubernetes.io/"]}}
    )
    world.configured = ignoring
    vpc = world.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    foreign = [{"Key": "cost", "Value": "1"}, {"Key": "kubernetes.io/cluster", "Value": "owned"}]
    client("ec2").create_tags(Resources=[vpc.id], Tags=foreign)
    assert world.drift(vpc) == []


def test_a_resources_own_region_is_honoured(world: Any, client: Any) -> None:
    vpc = world.make("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", region="us-west-2")
    assert client("ec2", "us-west-2").describe_vpcs(VpcIds=[vpc.id])["Vpcs"]
    assert vpc.outputs["arn"].startswith("arn:aws:ec2:us-west-2:")


def test_a_default_tag_that_the_program_writes_too_is_its_own() -> None:
    rules = TagRules(defaults={"environment": "dev"})
    live = {"environment": "dev", "Name": "main"}
    assert rules.own(live, {}) == {"Name": "main"}
    assert rules.own(live, {"environment": "dev"}) == live


def test_a_urn_tells_type_and_name() -> None:
    urn = Urn("urn:pulumi:dev::campus::campus:network:Vpc$aws:ec2/vpc:Vpc::a::b")
    assert (urn.type, urn.name) == ("aws:ec2/vpc:Vpc", "a::b")
