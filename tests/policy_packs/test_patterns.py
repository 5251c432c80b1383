"""Patterns of resources and actions are judged by the names that they cover."""

from fnmatch import translate
from itertools import product, takewhile
from re import fullmatch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.iam.patterns import matches_arn
from policy_packs.security.patterns import (
    covers_a_service,
    covers_every_resource,
    has_fixed_account,
    is_type_in_one_region,
    matches,
    names_service,
    overlap,
)

EVERYTHING = (
    *("*", "**", "?*", "*?", "*:*", "*:*:*:*:*:*", "arn:*", "a*", "arn:aws:s3", "arn:aws:iam::1"),
    *("arn:*:*:*:*:*", "arn:aws:*:*:*:*", "arn:?*:?*:*:*:?*", "arn:aws:iam::*:*", "arn:aws:iam::1:?*"),
    *("arn:aws:iam::1:role/*", "arn:aws:iam::1:role/?*", "arn:aws:iam::1:role/**", "arn:aws:iam::1:role/*/*"),
    *(
        "arn:aws:iam::1:role*",
        "arn:aws:iam::1:r*",
        "arn:aws:iam::1:*/*",
        "arn:aws:iam::1:rol?/*",
        "arn:aws:iam::1:?*/?*",
    ),
    *("arn:aws:iam::1:role/*e*", "arn:aws:iam::1:role/*a*e*", "arn:aws:iam::*:role/?????*", "ARN:aws:iam::1:role/*"),
    *(
        "arn:aws:s3:::*",
        "arn:aws:s3:::?*",
        "arn:aws:s3:::*/*",
        "arn:aws:s3:::**/?*",
        "arn:aws:s3:::???*",
        "arn:*:s3:::*",
    ),
    *(
        "arn:aws:s3:*:1:accesspoint/*",
        "arn:aws:s3:*:*:accesspoint/*",
        "arn:aws:kms:us-east-1:1:key/*-*-4*",
        "arn:aws:kms:us-east-1:1:key/*-*",
    ),
    *("arn:aws:secretsmanager:us-east-1:1:secret:*-??????", "arn:aws:secretsmanager:us-east-1:1:secret:?*"),
    *("arn:aws:ssm:*:1:parameter/*", "arn:aws:ssm:us-east-1:1:parameter*", "arn:aws:sqs:us-east-1:1:*"),
    *("arn:aws:logs:*:1:log-group:*", "arn:aws:logs:*:1:log-group:*:*", "arn:aws:logs:*:1:log-group:*:log-stream:*"),
    *("arn:aws:ec2:us-east-1:1:instance/i-*", "arn:aws:ec2:*:1:volume/vol-?*", "arn:aws:ec2:*::image/ami-*"),
    *("arn:aws:autoscaling:us-east-1:1:autoScalingGroup:*:autoScalingGroupName/*", "arn:aws:route53:::hostedzone/*"),
    *("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/*/*", "arn:aws:rds-db:*:*:dbuser:*/*"),
    *("arn:aws:iam::1:role/*-reader", "arn:aws:s3:::*/AWSLogs/*", "arn:aws:s3:::?eports", "arn:aws:iam::1:*/campus-*"),
    *("arn:aws:iam::1:role/${aws:PrincipalTag/role}", "arn:aws:iam::1:role/${aws:RequestTag/a, '*'}"),
)
SOMETHING = (
    *(
        "arn:aws:iam::1:role/reader",
        "arn:aws:iam::*:role/reader",
        "arn:aws:iam::1:role/campus-*",
        "arn:aws:iam::1:role/a/*",
    ),
    *(
        "arn:aws:iam::1:user/${aws:username}",
        "arn:aws:s3:::campus-${aws:PrincipalTag/a}",
    ),
    *("arn:aws:s3:::reports", "arn:aws:s3:::reports/*", "arn:aws:s3:::reports*", "arn:aws:s3:::reports-*/AWSLogs/*"),
    *("arn:aws:sqs:us-east-1:1:orders-*", "arn:aws:kms:us-east-1:1:key/1234abcd", "arn:aws:kms:*:1:alias/campus-*"),
    *(
        "arn:aws:logs:*:1:log-group:/aws/eks/campus*",
        "arn:aws:ssm:*:1:parameter/campus/*",
        "arn:aws:eks:*:1:nodegroup/a/*",
    ),
    *("arn:aws:autoscaling:us-east-1:1:autoScalingGroup:*:autoScalingGroupName/campus-*", "reports", ""),
    *(
        "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/campus/*",
        "arn:aws:secretsmanager:*:1:secret:campus-*",
    ),
)


@pytest.mark.parametrize("pattern", EVERYTHING)
def test_a_pattern_without_a_name_covers_everything(pattern: str) -> None:
    assert covers_every_resource(pattern)


@pytest.mark.parametrize("pattern", SOMETHING)
def test_a_pattern_with_a_name_does_not_cover_everything(pattern: str) -> None:
    assert not covers_every_resource(pattern)


@pytest.mark.parametrize(
    ("pattern", "everywhere"),
    [
        ("arn:aws:ec2:us-east-1:1:volume/*", False),
        ("arn:aws:ec2:us-east-1:1:*", True),
        ("arn:aws:ec2:us-east-1:1:v*", True),
        ("arn:aws:ec2:us-*:1:volume/*", True),
        ("arn:aws:ec2:*:1:volume/*", True),
        ("arn:aws:ec2::1:volume/*", True),
        ("arn:aws:ec2", True),
        ("arn:aws:ec2:${aws:RequestedRegion}:1:volume/*", True),
    ],
)
def test_a_type_in_one_region_is_told_from_a_type_in_all(pattern: str, everywhere: bool) -> None:  # noqa: FBT001  # a table's column
    assert covers_every_resource(pattern)
    assert is_type_in_one_region(pattern) is not everywhere


@pytest.mark.parametrize(
    ("pattern", "service", "everything"),
    [
        *((each, True, True) for each in ("*", "**", "?*", "*:*", "*:?*", "?*:**", "i*:*", "s*")),
        *((each, True, False) for each in ("s3:*", "s3:?*", "s3:**", "s3:*?", "s3:*e*", "S3:*")),
        *((each, False, False) for each in ("s3:Get*", "s3:*Object", "*:GetObject", "s3:GetObject", "s3")),
    ],
)
def test_an_action_pattern_covers_actions_services_or_everything(
    pattern: str,
    service: bool,  # noqa: FBT001  # a table's column
    everything: bool,  # noqa: FBT001  # a table's column
) -> None:
    covers = covers_a_service(pattern)
    assert (covers, covers and not names_service(pattern)) == (service, everything)


@pytest.mark.parametrize(
    ("arn", "text", "arns"),
    [
        ("arn:aws:iam::1:role/*", True, True),
        ("arn:aws:sns:*:1:*", False, True),
        ("arn:aws:iam::*:role/a", False, False),
        ("arn:aws:iam::1?:role/a", False, False),
        ("arn:aws:s3:::a*", False, False),
        ("arn:aws:iam::1", False, False),
        ("arn:aws:iam::1:role/${aws:username}", False, False),
    ],
)
def test_the_account_of_an_arn_is_fixed_unless_a_wildcard_may_cover_it(arn: str, text: bool, arns: bool) -> None:  # noqa: FBT001  # a table's columns
    assert (has_fixed_account(arn, is_arn_test=False), has_fixed_account(arn, is_arn_test=True)) == (text, arns)


def test_brackets_have_no_meaning_in_a_pattern() -> None:
    assert fullmatch(translate("s3:[G]et*"), "s3:GetObject")
    assert not matches("s3:[G]et*", "s3:GetObject")
    assert matches("S3:get?bject", "s3:GetObject")


# Names without a common substring. A pattern that matches all of them does not restrict the names.
PREFIXES = ("arn:aws:iam::1:role/", "arn:aws:s3:::", "arn:aws:ssm:us-east-1:1:parameter/", "arn:aws:sqs:us-east-1:1:")
NAMES = ("k4-w9w9w9w9", "Zm-Qp.0-1111", "x-v/y-j/u-t", "h_b7_-b7b7b7b7", "d-5/g-8-n-l-r")


@settings(max_examples=1500, deadline=None)
@given(
    prefix=st.sampled_from(PREFIXES),
    cut=st.integers(0, 6),
    tail=st.lists(st.sampled_from(["*", "?", "*?", "-", "/", "a", "-*", "/*"]), min_size=1, max_size=6).map("".join),
)
def test_a_pattern_that_matches_unlike_names_covers_everything(prefix: str, cut: int, tail: str) -> None:
    pattern = prefix[: len(prefix) - cut] + tail
    if all(matches_arn(pattern, prefix + name, {}) for name in NAMES):
        assert covers_every_resource(pattern)


@settings(max_examples=300)
@given(st.text("ab*?", max_size=5), st.text("ab*?", max_size=5))
def test_patterns_overlap_if_some_text_matches_both(one: str, other: str) -> None:
    # Two patterns that overlap match a text with at most one character per literal or `?` of both.
    texts = ("".join(letters) for length in range(11) for letters in product("ab", repeat=length))
    longest = sum(each != "*" for each in one + other)
    common = any(matches(one, text) and matches(other, text) for text in takewhile(lambda t: len(t) <= longest, texts))
    assert overlap(one, other) is overlap(other, one) is common
