"""Inputs that replace a resource, by package.

The expectations are the documented behaviour of the real providers.
"""

import pytest

from rehearsal.replacement import replaced_inputs

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {}}


@pytest.mark.parametrize(
    ("token", "old", "new", "replaced"),
    [
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}, ("cidrBlock",)),
        ("aws:ec2/vpc:Vpc", {"enableDnsSupport": True}, {"enableDnsSupport": False}, ()),
        ("aws:rds/instance:Instance", {"engine": "postgres"}, {"engine": "mysql"}, ("engine",)),
        ("aws:rds/instance:Instance", {"instanceClass": "db.m6g.large"}, {"instanceClass": "db.m6g.xlarge"}, ()),
        ("aws:rds/instance:Instance", {"storageEncrypted": False}, {"storageEncrypted": True}, ("storageEncrypted",)),
        ("aws:s3/bucket:Bucket", {"bucket": "a"}, {"bucket": "b"}, ("bucket",)),
        ("kubernetes:core/v1:Pod", POD, {**POD, "metadata": {"name": "b"}}, ("metadata.name",)),
        ("kubernetes:core/v1:Pod", POD, {**POD, "metadata": {"name": "a", "labels": {"a": "b"}}}, ()),
        ("vault:index/policy:Policy", {"name": "a", "policy": "x"}, {"name": "b", "policy": "x"}, ("name",)),
        ("vault:index/policy:Policy", {"name": "a", "policy": "x"}, {"name": "a", "policy": "y"}, ()),
        ("command:local:Command", {"create": "a"}, {"create": "b"}, ("create",)),
        ("pulumi:providers:aws", {"region": "us-east-1"}, {"region": "us-west-2"}, ("region",)),
        ("pulumi:providers:aws", {"defaultTags": "a"}, {"defaultTags": "b"}, ()),
    ],
)
def test_a_change_replaces_what_the_provider_replaces(
    token: str, old: dict[str, object], new: dict[str, object], replaced: tuple[str, ...]
) -> None:
    assert replaced_inputs(token, old, new) == replaced
