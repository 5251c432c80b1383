"""Requests that only AWS refuses, and settings that a request overwrites."""

from collections.abc import Mapping

GAPS: Mapping[str, str] = {
    "IAM propagation": "A role that was created seconds ago may be refused at first. The official provider retries "
    "these calls, so a program can't tell. The emulated AWS accepts the role at once.",
    "principals": "Names of services, federated principals, roles of other accounts, and the policies of VPC endpoints "
    "and log groups are not checked. Roles of IAM Identity Center (`aws-reserved/`) are taken to exist.",
    "roles": "The role of a Config recorder, an S3 replication rule, an EKS add-on or an instance profile may have any "
    "trust policy. No call is denied for lack of permissions.",
    "bootstrap": "`ops rehearse` always creates the deployer's role (`<project>-<stack>-deployer`), so it can't show "
    "that an account was not bootstrapped.",
    "permissions boundaries": "A role may name a boundary that does not exist.",
    "keys in other services": "A database, topic, secret, volume or log group may name a KMS key that does not exist, "
    "is pending deletion or does not allow the service.",
    "destinations of notifications": "An S3 notification may name a topic whose policy does not allow S3 to publish.",
    "failures after the request": "AWS accepts some requests and reports a failure later, for example a NAT gateway "
    "with an address in use, a node group without capacity, or an add-on that stays degraded.",
    "second access analyzer": "A region allows one external access analyzer. "
    "The emulated AWS accepts any number, because the type is only recorded.",
    "default cost monitor": "AWS creates `Default-Services-Monitor` when Cost Explorer is enabled, and an account can "
    "have only one monitor of services. The emulated account has none, so it accepts one.",
    "recovery points": "AWS does not delete a backup vault with recovery points. "
    "The emulated vaults have none, so they can always be deleted.",
    "other quotas": "Quotas that are not listed, rates of requests, and limits that botocore's service models lack "
    "are not enforced.",
}
"""Subject → difference from AWS: mostly requests that AWS refuses and the emulated AWS accepts."""

SETTINGS = (
    "the account's password policy",
    "S3's public access block of the account",
    "EBS encryption by default and its key",
    "EBS's block of public snapshots",
    "the defaults of instance metadata",
    "the default network ACL and security group of a VPC",
)
"""Settings that every account, region or VPC has exactly once. A request overwrites them without an error."""
