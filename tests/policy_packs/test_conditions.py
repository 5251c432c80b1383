"""Conditions narrow a statement only with listed operators and fixed values.

The evaluator of `operations.iam` is the oracle: it decides whether a stranger's request satisfies a condition.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.iam.conditions import UnsupportedPolicyError, condition_holds
from policy_packs.catalogue import policies
from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import ResourceRule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import Deferral, Verdict, Violation, judge
from policy_packs.security.conditions import SHARED_TAGS
from policy_packs.tagging.tags import REQUIRED
from pulumi_wire.markers import UNKNOWN_SENTINELS

ACCOUNT, STRANGER = "111122223333", "999988887777"
UNKNOWN = min(UNKNOWN_SENTINELS)
Condition = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Subject:
    """A rule, and a statement that it blocks unless a condition narrows the statement."""

    rule: str
    type: str
    statement: Mapping[str, Any]
    keys: Mapping[str, str]
    """Condition keys that narrow the statement, each with a fixed value."""
    path: str = "policy"

    def judge(self, condition: Any, *, dry_run: bool = True) -> list[Verdict]:
        policy = policies()[self.rule]
        assert isinstance(policy, ResourceRule)
        document = {"Statement": [{"Effect": "Allow", **self.statement, "Condition": condition}]}
        resource = Resource.from_properties(self.type, {self.path: document}, urn="urn:it", name="it")
        return list(judge(policy, resource, Context("prod", dry_run)))

    def __str__(self) -> str:
        return self.rule


ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/reader"
PRINCIPAL_KEYS = {
    "aws:PrincipalOrgID": "o-a",
    "aws:PrincipalAccount": ACCOUNT,
    "aws:PrincipalArn": ROLE_ARN,
    "aws:SourceAccount": ACCOUNT,
    "aws:SourceArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:notices",
    "aws:SourceVpc": "vpc-1",
    "aws:SourceVpce": "vpce-1",
}
SOURCE_KEYS = {key: PRINCIPAL_KEYS[key] for key in ("aws:SourceAccount", "aws:SourceArn")} | {"aws:SourceOrgID": "o-a"}
EVERYONE = {"Principal": "*", "Action": "sns:Publish"}
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ROLE, ROLE_POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
TRUST = "assumeRolePolicy"
TAG = {"aws:ResourceTag/team": "web"}
GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
KEY_KEYS = {"kms:CallerAccount": ACCOUNT, **PRINCIPAL_KEYS}


def permission(rule: str, action: str, keys: Mapping[str, str]) -> Subject:
    return Subject(rule, ROLE_POLICY, {"Action": action, "Resource": "*"}, keys)


SUBJECTS = (
    Subject("s3-must-not-have-public-policy", BUCKET_POLICY, EVERYONE, PRINCIPAL_KEYS),
    Subject("kms-policy-must-not-be-public", "aws:kms/key:Key", EVERYONE, KEY_KEYS),
    Subject("sns-must-not-be-public", "aws:sns/topicPolicy:TopicPolicy", EVERYONE, PRINCIPAL_KEYS),
    Subject("sqs-must-not-be-public", "aws:sqs/queuePolicy:QueuePolicy", EVERYONE, PRINCIPAL_KEYS),
    Subject("secret-must-not-be-public", "aws:secretsmanager/secretPolicy:SecretPolicy", EVERYONE, PRINCIPAL_KEYS),
    Subject("iam-role-must-not-trust-everybody", ROLE, EVERYONE, PRINCIPAL_KEYS, TRUST),
    Subject(
        "iam-role-must-narrow-account-trust",
        ROLE,
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
        {"aws:PrincipalTag/team": "web", "sts:ExternalId": "e-1", "aws:PrincipalArn": ROLE_ARN},
        TRUST,
    ),
    Subject(
        "iam-role-must-name-federated-subject",
        ROLE,
        {"Principal": {"Federated": GITHUB}},
        {"token.actions.githubusercontent.com:sub": "repo:campus/platform:ref:refs/heads/main"},
        TRUST,
    ),
    Subject(
        "iam-role-must-know-for-whom-a-service-calls",
        ROLE,
        {"Principal": {"Service": "backup.amazonaws.com"}},
        SOURCE_KEYS,
        TRUST,
    ),
    Subject(
        "policy-must-know-for-whom-a-service-calls",
        BUCKET_POLICY,
        {"Principal": {"Service": "config.amazonaws.com"}},
        SOURCE_KEYS,
    ),
    permission("iam-must-not-decrypt-with-every-key", "kms:Decrypt", {"kms:RequestAlias": "alias/web", **TAG}),
    permission("iam-must-not-allow-whole-services", "s3:*", TAG),
    permission("iam-must-bound-pass-role", "iam:PassRole", {"iam:PassedToService": "backup.amazonaws.com"}),
    permission("iam-must-not-escalate", "ssm:StartSession", TAG),
    permission("iam-must-not-expose-credentials", "sts:AssumeRole", TAG),
    permission("iam-must-not-read-everything", "secretsmanager:GetSecretValue", TAG),
    permission("iam-must-not-manage-every-permission", "sns:AddPermission", TAG),
    permission("iam-must-not-silence-the-audit", "cloudtrail:StopLogging", TAG),
    permission("iam-must-not-write-to-everything", "ec2:DeleteVolume", TAG),
)


def test_the_tags_that_a_whole_environment_shares_are_required() -> None:
    assert frozenset(REQUIRED) > SHARED_TAGS


PASSING_OPERATORS = ("StringEquals", "StringLike", "StringEqualsIgnoreCase", "ForAnyValue:StringEquals", "stringequals")
BLOCKED_OPERATORS = (
    "StringEqualsIfExists",
    "StringLikeIfExists",
    "StringEqualsIgnoreCaseIfExists",
    "stringequalsifexists",
    "ArnEqualsIfExists",
    "ArnLikeIfExists",
    "BoolIfExists",
    "ForAllValues:StringEquals",
    "ForAllValues:StringLike",
    "forallvalues:stringlike",
    "ForAllValues:StringEqualsIfExists",
    "ForAllValues:ArnLike",
    "ForAnyValue:StringEqualsIfExists",
    "ForAnyValue:StringNotEquals",
    "StringNotEquals",
    "StringNotLike",
    "StringNotEqualsIgnoreCase",
    "StringNotEqualsIfExists",
    "ArnNotEquals",
    "ArnNotLike",
    "NotIpAddress",
    "NumericEquals",
    "DateLessThan",
    "Null",
)
WILDCARDS = ("*", "?*", "**", "*?", "???????*", "*-*", "*:*", "${aws:PrincipalTag/team}", "", " ")


def blocked_conditions(keys: Mapping[str, str]) -> Iterator[Condition]:
    """Yield conditions similar to narrowing ones that do not narrow a statement."""
    for (key, value), operator in product(keys.items(), BLOCKED_OPERATORS):
        yield {operator: {key: "false" if operator in {"Null", "BoolIfExists"} else value}}
        yield {operator: {key.upper(): [value]}}
    for (key, value), operator, wildcard in product(keys.items(), ("StringEquals", "StringLike", "ArnLike"), WILDCARDS):
        yield {operator: {key: wildcard}}
        yield {operator: {key: [value, wildcard]}}
    for key, value in keys.items():
        yield {"StringLike": {key: value[:1] + "*"}}
        yield {"StringEquals": {key: []}}
        yield {"StringEquals": {key: None}}
        yield {"StringEquals": {key: [{"value": value}]}}
        yield {"StringEquals": {key: value, key.upper(): "*"}}
        yield {"StringEquals": {f"x/{key}": value}}
        yield {"IpAddress": {key: value}}
        yield {"Null": {key: False}, "StringEqualsIfExists": {key: value}}
    yield {}
    yield {"Bool": {"aws:SecureTransport": "true"}}
    yield {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
    yield {"StringLike": {"aws:UserAgent": "agent"}}


def passing_conditions(keys: Mapping[str, str]) -> Iterator[Condition]:
    """Yield conditions that narrow a statement."""
    for (key, value), operator in product(keys.items(), PASSING_OPERATORS):
        yield {operator: {key: value}}
        yield {operator: {key.lower(): [value]}}
    for key, value in keys.items():
        yield {"StringEquals": {key.upper(): [value, value]}}
        yield {"StringEqualsIfExists": {"aws:RequestedRegion": "us-east-1"}, "StringEquals": {key: value}}
        yield {"StringEquals": {key: value, "aws:UserAgent": "*"}}


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_no_variant_of_a_condition_disarms_a_rule(subject: Subject) -> None:
    variants = [*blocked_conditions(subject.keys)]
    assert len(variants) >= 100
    passed = [each for each in variants if not any(isinstance(v, Violation) for v in subject.judge(each))]
    assert passed == []


def test_at_least_150_variants_are_blocked() -> None:
    variants = {(str(subject), repr(each)) for subject in SUBJECTS for each in blocked_conditions(subject.keys)}
    assert len(variants) >= 150


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_a_listed_operator_with_fixed_values_narrows(subject: Subject) -> None:
    assert [each for each in passing_conditions(subject.keys) if subject.judge(each)] == []


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_an_unknown_value_defers_the_rule_and_blocks_at_update(subject: Subject) -> None:
    for key in subject.keys:
        for value in (UNKNOWN, [UNKNOWN], [subject.keys[key], UNKNOWN]):
            condition = {"StringEquals": {key: value}}
            assert all(isinstance(each, Deferral) for each in subject.judge(condition)), condition
            assert subject.judge(condition)
            assert any(isinstance(each, Violation) for each in subject.judge(condition, dry_run=False)), condition


CASE_6_BLOCKED: Sequence[Condition] = (
    {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
    {"StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
    {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a/*"}},
    {"StringLike": {"aws:SourceVpc": "vpc-*"}},
    {"Null": {"aws:SourceVpce": "false"}},
)
OTHER_BLOCKED: Sequence[Condition] = (
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT[:-1]}?:role/reader"}},
    {"StringLike": {"aws:PrincipalAccount": "?*"}},
    {"StringLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:notices"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::campus-*"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::${aws:PrincipalAccount}:role/reader"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/r-a/*"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-a/*", "o-*/r-a/*"]}},
    {"StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}},
    {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
    {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    {"IpAddress": {"aws:SourceIp": [f"{first}.0.0.0/8" for first in range(1, 200)]}},
    {"IpAddress": {"aws:SourceIp": "::/0"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/1"]}},
    {"IpAddress": {"aws:SourceIp": "anywhere"}},
    {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}},
    {"IpAddressIfExists": {"aws:SourceIp": "203.0.113.0/24"}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"StringEquals": {"aws:PrincipalTag/team": "web"}},
    {"StringEquals": {"sts:ExternalId": "e-1"}},
    {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
)
PASSING: Sequence[Condition] = (
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"]}},
    {"StringEquals": {"kms:CallerAccount": ACCOUNT}},
    {"StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.us-east-1.amazonaws.com"}},
    {"StringEquals": {"kms:CallerAccount": int(ACCOUNT)}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}},
    {"StringLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/reader-*"}},
    {"ArnLike": {"aws:SourceArn": f"arn:aws:sns:*:{ACCOUNT}:*"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}},
)
KEY = next(subject for subject in SUBJECTS if subject.type == "aws:kms/key:Key")


@pytest.mark.parametrize("condition", [*CASE_6_BLOCKED, *OTHER_BLOCKED], ids=str)
@pytest.mark.parametrize("subject", [each for each in SUBJECTS if each.statement is EVERYONE], ids=str)
def test_a_statement_for_everyone_stays_public(subject: Subject, condition: Condition) -> None:
    assert any(isinstance(each, Violation) for each in subject.judge(condition))


@pytest.mark.parametrize("condition", PASSING, ids=str)
def test_a_statement_for_known_callers_is_not_public(condition: Condition) -> None:
    assert KEY.judge(condition) == []


OWN_VALUES = {
    **KEY_KEYS,
    "aws:SourceIp": "203.0.113.0/24",
    "aws:PrincipalOrgPaths": "o-a/r-1/",
    "aws:UserAgent": "agent",
    "aws:PrincipalTag/team": "web",
}
STRANGERS: Mapping[str, tuple[str, ...]] = {
    "kms:calleraccount": (STRANGER,),
    "aws:principalorgid": ("o-z",),
    "aws:principalaccount": (STRANGER,),
    "aws:principalarn": (f"arn:aws:iam::{STRANGER}:role/reader",),
    "aws:sourceaccount": (STRANGER,),
    # A name that contains what a text pattern expects of an ARN.
    "aws:sourcearn": (f"arn:aws:sns:us-east-1:{STRANGER}:a:{ACCOUNT}:notices",),
    "aws:sourcevpc": ("vpc-9",),
    "aws:sourcevpce": ("vpce-9",),
    "aws:sourceip": ("198.51.100.7",),
    "aws:principalorgpaths": ("o-z/r-1/",),
    "aws:useragent": ("agent",),
    "aws:principaltag/team": ("web",),
}
"""Values of condition keys in a request from another account.

The tag and the user agent equal the owner's values, because strangers can choose both.
"""
QUALIFIERS = ("", "ForAnyValue:", "ForAllValues:", "forallvalues:")
OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    *("StringLike", "StringNotLike", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"),
    *("IpAddress", "NotIpAddress", "Bool", "Null", "NumericLessThan", "BinaryEquals"),
)


@st.composite
def wildcard_variants(draw: st.DrawFn, value: str) -> str:
    """Draw a value, or the value with some parts replaced by wildcards or a variable."""
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(value)))
        end = draw(st.integers(start, len(value)))
        value = value[:start] + draw(st.sampled_from(["*", "?", "?*", "${aws:PrincipalTag/team}"])) + value[end:]
    return value


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    condition: dict[str, dict[str, Any]] = {}
    for _ in range(draw(st.integers(1, 3))):
        operator = draw(st.sampled_from(QUALIFIERS)) + draw(st.sampled_from(OPERATORS))
        operator += draw(st.sampled_from(["", "", "IfExists"]))
        key = draw(st.sampled_from(sorted(OWN_VALUES)))
        values = draw(st.lists(wildcard_variants(OWN_VALUES[key]), min_size=1, max_size=3))
        spelled = draw(st.sampled_from([key, key.upper(), key.lower()]))
        condition.setdefault(operator, {})[spelled] = values if len(values) > 1 or draw(st.booleans()) else values[0]
    return condition


@settings(max_examples=1500, deadline=None)
@given(condition=conditions(), absent=st.frozensets(st.sampled_from(sorted(STRANGERS))))
def test_no_stranger_satisfies_a_condition_that_passes(condition: dict[str, Any], absent: frozenset[str]) -> None:
    if KEY.judge(condition):
        return
    request = {key: values for key, values in STRANGERS.items() if key not in absent}
    with suppress(UnsupportedPolicyError):  # AWS rejects such a policy, so it allows nothing
        assert not condition_holds(condition, request)
