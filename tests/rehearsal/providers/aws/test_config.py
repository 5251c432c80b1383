"""Configuration of the provider."""

from typing import Any

import pytest

from rehearsal.providers.aws import AwsProvider
from rehearsal.providers.aws.tags import TagRules
from rehearsal.providers.protocol import ProviderError, Urn

CALLER_IDENTITY = "aws:index/getCallerIdentity:getCallerIdentity"


def test_region_is_required(aws_provider: AwsProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert [failure.property for failure in aws_provider.check_config({}).failures] == ["region"]
    with pytest.raises(ProviderError, match="no region"):
        aws_provider.configure({})
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert not aws_provider.check_config({}).failures


def test_account_that_is_not_allowed_is_rejected(aws_provider: AwsProvider, engine: Any) -> None:  # noqa: ARG001  # activates moto
    with pytest.raises(ProviderError, match="123456789012 is not among the provider's allowedAccountIds"):
        aws_provider.configure({"region": "us-east-1", "allowedAccountIds": ["000000000000"]})
    with pytest.raises(ProviderError, match="forbiddenAccountIds"):
        aws_provider.configure({"region": "us-east-1", "forbiddenAccountIds": ["123456789012"]})
    aws_provider.configure({"region": "us-east-1", "allowedAccountIds": ["123456789012"]})


def test_assumed_role_acts_in_its_own_account(aws_provider: AwsProvider, engine: Any) -> None:  # noqa: ARG001  # activates moto
    role = {"roleArn": "arn:aws:iam::111122223333:role/deploy", "sessionName": "ci"}
    configured = aws_provider.configure(
        {"region": "us-east-1", "assumeRoles": [role], "allowedAccountIds": ["111122223333"]}
    )
    assert configured.invoke(CALLER_IDENTITY, {})["accountId"] == "111122223333"


def test_settings_for_real_accounts_are_ignored(aws_provider: AwsProvider) -> None:
    config = {"region": "us-east-1", "profile": "prod", "skipCredentialsValidation": True, "endpoints": [{"s3": "x"}]}
    assert not aws_provider.check_config(config).failures
    aws_provider.configure(config)


def test_ignored_tags_are_not_drift(aws_provider: AwsProvider, engine: Any, client: Any) -> None:
    ignoring = aws_provider.configure(
        {"region": "us-east-1", "ignoreTags": {"keys": ["cost"], "keyPrefixes": ["kubernetes.io/"]}}
    )
    engine.configured = ignoring
    vpc = engine.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")
    tags = [{"Key": "cost", "Value": "1"}, {"Key": "kubernetes.io/cluster", "Value": "owned"}]
    client("ec2").create_tags(Resources=[vpc.id], Tags=tags)
    assert engine.drift(vpc) == []


def test_region_of_a_resource_overrides_the_provider(engine: Any, client: Any) -> None:
    vpc = engine.create("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", region="us-west-2")
    assert client("ec2", "us-west-2").describe_vpcs(VpcIds=[vpc.id])["Vpcs"]
    assert vpc.outputs["arn"].startswith("arn:aws:ec2:us-west-2:")


def test_default_tag_written_by_the_program_counts_as_its_own() -> None:
    rules = TagRules(defaults={"environment": "dev"})
    live = {"environment": "dev", "Name": "main"}
    assert rules.without_defaults(live, {}) == {"Name": "main"}
    assert rules.without_defaults(live, {"environment": "dev"}) == live


def test_urn_contains_type_and_name() -> None:
    urn = Urn("urn:pulumi:dev::campus::campus:network:Vpc$aws:ec2/vpc:Vpc::a::b")
    assert (urn.type, urn.name) == ("aws:ec2/vpc:Vpc", "a::b")
