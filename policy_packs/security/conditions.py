"""Conditions of AWS policy statements that narrow a principal or a resource.

All operators and keys of a Condition must hold, so one narrowing test is enough. A test narrows only if it fails for a
request that lacks its key, and if each of its values is fixed. Only the operators listed here qualify. In particular,
`...IfExists`, `ForAllValues:`, `Null` and negated operators hold for requests without the key.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators for multivalued context
keys".
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Any, Final

from policy_packs.kernel.resource import Fields, Items
from policy_packs.security.pattern_unions import covering_resources
from policy_packs.security.patterns import has_fixed_account, is_fixed

TEXT_OPERATORS: Final = frozenset({"stringequals", "stringequalsignorecase", "stringlike"})
ARN_OPERATORS: Final = frozenset({"arnequals", "arnlike"})
"""Operators that compare text or ARNs, in lower case."""
SHARED_TAGS: Final = frozenset({"data-classification", "environment", "project"})
"""Required tags with one value in a whole environment, in lower case.

Every resource and role has them, so a condition on one of them selects nothing.
"""
_ADDRESS: Final = frozenset({"ipaddress"})
_BOOL: Final = frozenset({"bool"})
_FOR_ANY: Final = "foranyvalue:"
# AWS considers wider ranges public. Source: Amazon S3 User Guide, "The meaning of public".
_LONGEST_HOST_BITS: Final = {4: 24, 6: 96}
_MAPPED_IPV4: Final = IPv6Network("::ffff:0:0/96")


@dataclass(frozen=True)
class ConditionTest:
    """One condition key, tested by one operator that is not negated.

    `operator` and `key` are in lower case. The prefix `ForAnyValue:` is not part of `operator`; `for_any` is True if it
    was present.
    """

    operator: str
    for_any: bool
    key: str
    values: tuple[str, ...]


Judge = Callable[[ConditionTest], bool]
"""Returns True if the values of a test narrow the statement."""


def narrows_principal(statement: Fields) -> bool:
    """Return True if a condition allows only known principals or networks."""
    return _any(statement, _PRINCIPAL_KEYS)


def narrows_endpoint(statement: Fields) -> bool:
    """Return True if a condition allows only known callers or resource owners.

    Use it for policies of VPC endpoints. Keys of the network, such as aws:SourceVpce, narrow nothing there, because
    they hold for every request through the endpoint.
    """
    return _any(statement, _ENDPOINT_KEYS)


def names_source(statement: Fields) -> bool:
    """Return True if a condition names the account or resource behind a service."""
    return _any(statement, _SOURCE_KEYS)


def names_encryption_context(statement: Fields) -> bool:
    """Return True if a condition names the encrypted data.

    Services set the encryption context to the ARN of their resource.
    """
    return _any(statement, {}, {"kms:encryptioncontext:": _names_account_or_value})


def names_pod(statement: Fields) -> bool:
    """Return True if a condition names a tag that EKS gives to the session of a pod."""
    return _any(statement, {f"aws:requesttag/{tag}": _names_value for tag in _POD_TAGS})


def narrows_account(statement: Fields) -> bool:
    """Return True if a condition limits a trusted account to some of its principals."""
    return _any(statement, _ACCOUNT_KEYS, {"aws:principaltag/": _names_own_tag})


def narrows_caller(statement: Fields) -> bool:
    """Return True if a condition admits fewer callers than a whole account.

    Use it for resource policies. Besides the conditions that narrow a trusted account, a service that calls or an
    access point counts: a request reaches the resource only through it.
    """
    return narrows_account(statement) or _any(statement, _INTERMEDIARY_KEYS)


def narrows_resource(statement: Fields) -> bool:
    """Return True if a condition limits a statement on all resources to some of them."""
    return _any(statement, _RESOURCE_KEYS, _RESOURCE_KEY_PREFIXES) or any(
        _RESOURCE_TAG.match(test.key) and _names_own_tag(test) for test in condition_tests(statement)
    )


def names_new_resource(statement: Fields) -> bool:
    """Return True if a condition requires tags of the resource that a request creates."""
    return _any(statement, {}, {"aws:requesttag/": _names_value})


def fixed_values(statement: Fields, key: str) -> tuple[str, ...]:
    """Return the values to which a condition limits a key.

    Tests with a value that is not fixed are left out.
    """
    tests = [test for test in condition_tests(statement) if test.key == key.lower() and _names_arn(test)]
    return tuple(value for test in tests for value in test.values)


def tested_texts(statement: Fields, key: str) -> tuple[tuple[str, ...], ...]:
    """Return the values of each test that compares a key as text.

    The values may have wildcards.
    """
    return tuple(
        test.values
        for test in condition_tests(statement)
        if test.key == key.lower() and test.operator in TEXT_OPERATORS
    )


def condition_tests(statement: Fields) -> Iterator[ConditionTest]:
    """Yield the tests that fail for a request without their key.

    Spellings of an operator or a key that differ only in case count as one test with the values of both.
    """
    merged: dict[tuple[str, str], tuple[str, ...]] = {}
    conditions = statement.fields("Condition")
    for operator in conditions:
        if operator.lower().removeprefix(_FOR_ANY) in TEXT_OPERATORS | ARN_OPERATORS | _ADDRESS | _BOOL:
            keys = conditions.fields(operator)
            for key in keys:
                name = (operator.lower(), key.lower())
                merged[name] = (*merged.get(name, ()), *_values(keys[key]))
    for (operator, key), values in merged.items():
        if values:
            yield ConditionTest(operator.removeprefix(_FOR_ANY), operator.startswith(_FOR_ANY), key, values)


def _values(value: Any) -> Iterator[str]:
    """Yield the values of a condition key as strings.

    A nested list or object becomes an empty string, which is not a fixed value.
    """
    for item in value if isinstance(value, Items) else (value,):
        if isinstance(item, bool):
            yield str(item).lower()
        else:
            yield str(item) if isinstance(item, str | int | float) else ""


def _any(statement: Fields, keys: Mapping[str, Judge], prefixes: Mapping[str, Judge] | None = None) -> bool:
    for test in condition_tests(statement):
        if test.key in keys and keys[test.key](test):
            return True
        if any(test.key.startswith(prefix) and judge(test) for prefix, judge in (prefixes or {}).items()):
            return True
    return False


def _names_value(test: ConditionTest) -> bool:
    return test.operator in TEXT_OPERATORS and all(map(is_fixed, test.values))


def _names_own_tag(test: ConditionTest) -> bool:
    """Return True if a tag has fixed values and is not shared by a whole environment."""
    return _names_value(test) and test.key.partition("/")[2] not in SHARED_TAGS


def _names_any_value(test: ConditionTest) -> bool:
    """Return True if ForAnyValue compares the key with fixed values."""
    return test.for_any and _names_value(test)


def _names_arn(test: ConditionTest) -> bool:
    return test.operator in TEXT_OPERATORS | ARN_OPERATORS and all(map(is_fixed, test.values))


def _names_account_or_value(test: ConditionTest) -> bool:
    """Return True if each value is fixed, or is an ARN pattern with a fixed account."""
    is_arn_test = test.operator in ARN_OPERATORS
    return (test.operator in TEXT_OPERATORS or is_arn_test) and all(
        is_fixed(value) or has_fixed_account(value, is_arn_test=is_arn_test) for value in test.values
    )


def _names_some_arns(test: ConditionTest) -> bool:
    """Return True if the values do not cover every principal of an account.

    Patterns are judged together.
    """
    patterns = [value for value in test.values if not is_fixed(value)]
    are_arns = all(pattern.startswith("arn:") for pattern in patterns)
    return test.operator in TEXT_OPERATORS | ARN_OPERATORS and are_arns and not covering_resources(patterns)


def _names_organization(test: ConditionTest) -> bool:
    """Return True if each organization path starts with a fixed organization ID.

    The key is multivalued, so only a test with a set operator compares it.
    """
    organizations = [value.partition("/")[0] for value in test.values]
    return test.operator in TEXT_OPERATORS and test.for_any and all(map(is_fixed, organizations))


def _names_network(test: ConditionTest) -> bool:
    """Return True if the ranges together don't exceed a /8 of IPv4 and a /32 of IPv6."""
    if test.operator not in _ADDRESS:
        return False
    try:
        networks: list[Any] = [_without_mapping(ip_network(value, strict=False)) for value in test.values]
    except ValueError:
        return False
    for version, host_bits in _LONGEST_HOST_BITS.items():
        same = [network for network in networks if network.version == version]
        if sum(network.num_addresses for network in collapse_addresses(same)) > 2**host_bits:
            return False
    return True


def _without_mapping(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """Return the range of IPv4 that a range of IPv4-mapped IPv6 addresses stands for."""
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED_IPV4):
        return IPv4Network((int(network.network_address) & 0xFFFF_FFFF, network.prefixlen - _MAPPED_IPV4.prefixlen))
    return network


def _is_true(test: ConditionTest) -> bool:
    return test.operator in _BOOL and set(test.values) == {"true"}


_SOURCE_KEYS: Final[Mapping[str, Judge]] = {
    "aws:sourceaccount": _names_value,
    "aws:sourcearn": _names_account_or_value,
    "aws:sourceorgid": _names_value,
    "aws:sourceorgpaths": _names_organization,
}
# Keys that name the account or the organization of the caller or of an access point.
_ACCOUNT_OR_ORGANIZATION_KEYS: Final[Mapping[str, Judge]] = {
    "aws:principalaccount": _names_value,
    "aws:principalarn": _names_account_or_value,
    "aws:principalorgid": _names_value,
    "aws:principalorgpaths": _names_organization,
    "kms:calleraccount": _names_value,
    "s3:dataaccesspointaccount": _names_value,
    "s3:dataaccesspointarn": _names_account_or_value,
}
# Keys that AWS accepts for a policy that is not public, and their counterparts of other services.
# Source: Amazon S3 User Guide, "The meaning of public".
_PRINCIPAL_KEYS: Final[Mapping[str, Judge]] = {
    **_SOURCE_KEYS,
    **_ACCOUNT_OR_ORGANIZATION_KEYS,
    "aws:sourceip": _names_network,
    "aws:sourceowner": _names_value,
    "aws:sourcevpc": _names_value,
    "aws:sourcevpce": _names_value,
    "aws:userid": _names_value,
    "aws:vpceaccount": _names_value,
    "aws:vpceorgid": _names_value,
}
_ENDPOINT_KEYS: Final[Mapping[str, Judge]] = {
    **_ACCOUNT_OR_ORGANIZATION_KEYS,
    "aws:resourceaccount": _names_value,
    "aws:resourceorgid": _names_value,
    "aws:resourceorgpaths": _names_organization,
    "s3:resourceaccount": _names_value,
}
# Keys such as aws:PrincipalAccount are left out, because they hold for every principal of the account. So is
# sts:RoleSessionName, because the caller chooses its value.
_ACCOUNT_KEYS: Final[Mapping[str, Judge]] = {
    "aws:multifactorauthpresent": _is_true,
    "aws:principalarn": _names_some_arns,
    "aws:sourceip": _names_network,
    "aws:sourcevpc": _names_value,
    "aws:sourcevpce": _names_value,
    "aws:userid": _names_value,
    "aws:username": _names_value,
    "sts:externalid": _names_value,
}
# The source keys are present only in requests of services. The AWS-managed keys name their service in kms:ViaService.
# Source: IAM User Guide, "AWS global condition context keys"; KMS Developer Guide, "AWS KMS condition keys"; Amazon S3
# User Guide, "Configuring IAM policies for using access points".
_INTERMEDIARY_KEYS: Final[Mapping[str, Judge]] = {
    **_SOURCE_KEYS,
    "aws:sourceowner": _names_value,
    "kms:viaservice": _names_value,
    "s3:dataaccesspointaccount": _names_value,
    "s3:dataaccesspointarn": _names_account_or_value,
}
_POD_TAGS: Final = (
    "eks-cluster-arn",
    "eks-cluster-name",
    "kubernetes-namespace",
    "kubernetes-pod-name",
    "kubernetes-pod-uid",
    "kubernetes-service-account",
)
# aws:ResourceAccount, aws:RequestedRegion and kms:ViaService are left out: a statement on a whole account or region is
# not narrow, and S3 decrypts the data of every bucket.
_RESOURCE_KEYS: Final[Mapping[str, Judge]] = {
    "ec2:createaction": _names_value,
    "ecs:cluster": _names_arn,
    "iam:awsservicename": _names_value,
    "kms:requestalias": _names_value,
    "kms:resourcealiases": _names_any_value,
    "secretsmanager:secretid": _names_arn,
}
_RESOURCE_KEY_PREFIXES: Final[Mapping[str, Judge]] = {
    "kms:encryptioncontext:": _names_arn,
    "rds:cluster-tag/": _names_own_tag,
    "rds:db-tag/": _names_own_tag,
    "s3:existingobjecttag/": _names_value,
}
# Every service has its own tags of resources, such as aws:ResourceTag/team and ssm:resourceTag/team.
_RESOURCE_TAG: Final = re.compile(r"[a-z0-9-]+:resourcetag/.")
