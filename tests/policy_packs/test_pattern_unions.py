"""Lists of patterns are judged by the names that they cover together."""

import re
import string
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_packs.catalogue import policies
from policy_packs.kernel.context import Context
from policy_packs.kernel.registry import ResourceRule
from policy_packs.kernel.resource import Resource
from policy_packs.kernel.verdict import judge
from policy_packs.security import pattern_unions
from policy_packs.security.conditions import narrows_account
from policy_packs.security.pattern_remainders import remainders
from policy_packs.security.pattern_unions import cover_most_names, covering_actions, covering_resources
from policy_packs.security.statements import allow_statements

LETTERS = string.ascii_lowercase
ROLES = "arn:aws:iam::111122223333:role/"


def each_letter(before: str, after: str = "*", letters: str = LETTERS) -> list[str]:
    """Return one pattern per letter."""
    return [f"{before}{letter}{after}" for letter in letters]


def expression(pattern: str) -> re.Pattern[str]:
    """Translate a pattern into a regular expression, the oracle of these tests."""
    return re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern), re.DOTALL)


@settings(max_examples=50, deadline=None)
@given(patterns=st.lists(st.text("ab*?", max_size=5), max_size=6))
def test_the_share_of_matched_names_is_the_one_that_counting_gives(patterns: list[str]) -> None:
    """Try every name of three to eight characters that consists of `a` and `b`."""
    expressions = [expression(pattern) for pattern in patterns]
    shares = [
        Fraction(
            sum(any(each.fullmatch("".join(name)) for each in expressions) for name in product("ab", repeat=n)), 2**n
        )
        for n in range(pattern_unions.SHORTEST, 9)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pattern_unions, "LONGEST", 8)
        pattern_unions._covers_half.cache_clear()
        assert cover_most_names(patterns, ["ab"]) is (max(shares) >= Fraction(1, 2))
    pattern_unions._covers_half.cache_clear()


@settings(max_examples=50, deadline=None)
@given(
    patterns=st.lists(st.text("ab*?/", max_size=6), max_size=5), text=st.text("ab/", max_size=6), cut=st.integers(0, 6)
)
def test_a_text_matches_if_its_rest_matches_a_remainder(patterns: list[str], text: str, cut: int) -> None:
    whole = any(expression(pattern).fullmatch(text) for pattern in patterns)
    assert any(expression(rest).fullmatch(text[cut:]) for rest in remainders(patterns, text[:cut])) is whole


tails = st.sampled_from(["*", "?*", "*?", "**", "???*", "*/*", "*/?*"])


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_prefixes_of_all_letters_cover_every_resource(data: st.DataObject) -> None:
    """Vary case, wildcards, order and type, and add patterns of other resources."""
    head = data.draw(
        st.sampled_from(
            [
                ROLES,
                "arn:aws:s3:::",
                "arn:aws:ssm:us-east-1:1:parameter/",
                "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/",
                "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:*:autoScalingGroupName/",
                "arn:aws:logs:us-east-1:1:log-group:/",
            ]
        )
    )
    letters = "".join(data.draw(st.sampled_from([each, each.upper()])) for each in LETTERS)
    whole = [f"{head}{letter}{data.draw(tails)}" for letter in letters]
    split = [f"{head}{letter}{next_letter}*" for letter in "ae" for next_letter in LETTERS]
    kept = [pattern for pattern in whole if pattern[len(head)].lower() not in "ae"]
    patterns = data.draw(st.permutations([*kept, *split, "arn:aws:s3:::reports/*", f"{head}campus-*"]))
    covering = covering_resources(patterns)
    assert set(kept) <= set(covering)
    assert "arn:aws:s3:::reports/*" not in covering or head == "arn:aws:s3:::"


@settings(max_examples=50, deadline=None)
@given(names=st.lists(st.text(string.ascii_lowercase + "-", min_size=3, max_size=12), max_size=60), tail=tails)
def test_long_lists_of_names_cover_nothing(names: list[str], tail: str) -> None:
    patterns = [f"{ROLES}x{name}{tail}" for name in names]
    assert covering_resources(patterns) == ()
    assert covering_actions([f"s3:x{name}*" for name in names]) == ()


def test_half_of_the_letters_is_the_limit() -> None:
    assert covering_resources(each_letter(ROLES, letters=LETTERS[:13]))
    assert not covering_resources(each_letter(ROLES, letters=LETTERS[:12]))


def test_the_first_digits_of_a_random_id_select_no_resource() -> None:
    instances = "arn:aws:ec2:us-east-1:1:instance/i-"
    assert covering_resources([f"{instances}0*"])
    assert covering_resources([f"{instances}0123456*"])
    assert not covering_resources([f"{instances}01234567*"])


def test_a_wildcard_before_the_name_counts_for_each_named_account() -> None:
    """Patterns for any account are counted together with those for one account."""
    own = each_letter("arn:aws:iam::1:role/", letters=LETTERS[:7])
    any_account = each_letter("arn:aws:iam::*:role/", letters=LETTERS[7:14])
    assert covering_resources(own) == covering_resources(any_account) == ()
    assert covering_resources([*own, *any_account]) == tuple(own)


def test_prefixes_of_different_types_are_not_added_up() -> None:
    roles, users = each_letter(ROLES, letters=LETTERS[:12]), each_letter(ROLES.replace("role", "user"), letters="wxyz")
    assert covering_resources([*roles, *users]) == ()


@pytest.mark.parametrize(
    ("patterns", "covering"),
    [
        (each_letter("s3:"), True),
        (each_letter("s3:", "?*"), True),
        (each_letter("S3:", letters=LETTERS.upper()), True),
        (each_letter("*:"), True),
        (each_letter("s3:", letters="gplc"), False),
        (["s3:Get*", "s3:List*", "s3:Put*", "ec2:Describe*"] * 4, False),
    ],
)
def test_prefixes_of_all_letters_cover_every_action(patterns: list[str], covering: bool) -> None:  # noqa: FBT001  # a table's column
    assert bool(covering_actions(patterns)) is covering


def test_an_intricate_list_counts_as_covering_and_is_decided_soon() -> None:
    """The number of states grows exponentially with the length of the names."""
    pairs = list(product(LETTERS, repeat=2))
    patterns = [f"*{first}{'?' * (position % 9)}{second}*" for position, (first, second) in enumerate(pairs)]
    assert cover_most_names(patterns)


POLICY, QUEUE, ENDPOINT = "aws:iam/policy:Policy", "aws:sqs/queue:Queue", "aws:ec2/vpcEndpoint:VpcEndpoint"
ROLE_NAMES, EVERY_ROLE = each_letter(ROLES, "/reports"), each_letter(ROLES)


def resource(kind: str, **statement: Any) -> Resource:
    """Return a resource whose policy has one Allow statement."""
    document = {"Statement": [{"Effect": "Allow", **statement}]}
    return Resource.from_properties(kind, {"policy": document}, urn="urn:it", name="it")


@pytest.mark.parametrize(
    ("rule", "kind", "statement", "narrow"),
    [
        ("iam-must-not-allow-everything", POLICY, {"Action": each_letter("*:"), "Resource": "*"}, {"Resource": ROLES}),
        (
            "iam-must-name-actions",
            POLICY,
            {"Action": each_letter("*:"), "Resource": ROLES},
            {"Action": "s3:*"},
        ),
        (
            "iam-must-not-allow-whole-services",
            POLICY,
            {"Action": each_letter("iam:"), "Resource": EVERY_ROLE},
            {"Resource": ROLE_NAMES},
        ),
        (
            "iam-must-not-write-to-everything",
            POLICY,
            {"Action": "ec2:DeleteVolume", "Resource": each_letter("arn:aws:ec2:*:1:volume/vol-")},
            {"Resource": each_letter("arn:aws:ec2:us-east-1:1:volume/vol-")},
        ),
        (
            "iam-must-not-expose-credentials",
            POLICY,
            {"Action": "sts:AssumeRole", "Resource": EVERY_ROLE},
            {"Resource": ROLE_NAMES},
        ),
        (
            "iam-must-bound-pass-role",
            POLICY,
            {"Action": "iam:PassRole", "Resource": EVERY_ROLE},
            {"Resource": ROLE_NAMES},
        ),
        (
            "policy-must-name-actions",
            QUEUE,
            {"Principal": {"AWS": "1"}, "Action": each_letter("sqs:"), "Resource": "*"},
            {"Action": each_letter("sqs:", letters="gs")},
        ),
        (
            "vpc-endpoint-policy-must-be-narrow",
            ENDPOINT,
            {"Principal": "*", "Action": "s3:GetObject", "Resource": each_letter("arn:aws:s3:::", "*/*")},
            {"Resource": each_letter("arn:aws:s3:::campus/", "*")},
        ),
    ],
)
def test_rules_judge_the_patterns_of_a_statement_together(
    rule: str, kind: str, statement: dict[str, Any], narrow: dict[str, Any]
) -> None:
    check = policies()[rule]
    assert isinstance(check, ResourceRule)
    context = Context(stack="prod", dry_run=True)
    assert list(judge(check, resource(kind, **statement), context))
    assert not list(judge(check, resource(kind, **{**statement, **narrow}), context))


def split(kind: str, statement: dict[str, Any], key: str) -> Resource:
    """Return a resource whose policy has one Allow statement for each value of a list."""
    statements = [{"Effect": "Allow", **statement, key: value} for value in statement[key]]
    return Resource.from_properties(kind, {"policy": {"Statement": statements}}, urn="urn:it", name="it")


@pytest.mark.parametrize(
    ("rule", "kind", "statement", "key", "narrow"),
    [
        (
            "iam-must-name-actions",
            POLICY,
            {"Action": each_letter("*:"), "Resource": ROLES},
            "Action",
            {"Action": ["s3:*"]},
        ),
        (
            "iam-must-not-allow-whole-services",
            POLICY,
            {"Action": each_letter("iam:"), "Resource": EVERY_ROLE},
            "Action",
            {"Resource": ROLE_NAMES},
        ),
        *(
            (
                rule,
                POLICY,
                {"Action": action, "Resource": each_letter(prefix)},
                "Resource",
                {"Resource": each_letter(prefix, "/x")},
            )
            for rule, action, prefix in (
                ("iam-must-not-allow-whole-services", "s3:*", "arn:aws:s3:::"),
                ("iam-must-not-read-everything", "s3:GetObject", "arn:aws:s3:::"),
                ("iam-must-not-expose-credentials", "sts:AssumeRole", ROLES),
                ("iam-must-bound-pass-role", "iam:PassRole", ROLES),
                ("iam-must-not-escalate", "iam:PutRolePolicy", ROLES),
                ("iam-must-not-manage-every-permission", "sns:AddPermission", "arn:aws:sns:us-east-1:1:"),
                ("iam-must-not-silence-the-audit", "logs:DeleteLogGroup", "arn:aws:logs:*:1:log-group:"),
                ("iam-must-not-write-to-everything", "sqs:SendMessage", "arn:aws:sqs:*:1:"),
            )
        ),
        (
            "policy-must-name-actions",
            QUEUE,
            {"Principal": {"AWS": "1"}, "Action": each_letter("sqs:"), "Resource": "*"},
            "Action",
            {"Action": each_letter("sqs:", letters="gs")},
        ),
    ],
)
def test_rules_judge_the_patterns_of_several_statements_together(
    rule: str, kind: str, statement: dict[str, Any], key: str, narrow: dict[str, Any]
) -> None:
    check = policies()[rule]
    assert isinstance(check, ResourceRule)
    context = Context(stack="prod", dry_run=True)
    assert list(judge(check, split(kind, statement, key), context))
    assert not list(judge(check, split(kind, {**statement, **narrow}, key), context))


def test_statements_are_joined_only_for_the_actions_that_they_share() -> None:
    def found(*statements: tuple[str, str]) -> list[str]:
        listed = [
            {
                "Sid": f"S{position}",
                "Effect": "Allow",
                "Action": action,
                "Resource": each_letter(ROLES, letters=letters),
            }
            for position, (action, letters) in enumerate(statements)
        ]
        policy = Resource.from_properties(POLICY, {"policy": {"Statement": listed}}, urn="urn:it", name="it")
        check = policies()["iam-must-not-expose-credentials"]
        assert isinstance(check, ResourceRule)
        return [verdict.message for verdict in judge(check, policy, Context(stack="prod", dry_run=True))]

    assert not found(("sts:AssumeRole", LETTERS[:12]), ("iam:GetRole", LETTERS[14:]))
    # Neither pattern includes the other, but both include the action.
    (message,) = found(("sts:Assume*", LETTERS[:12]), ("sts:*Role", LETTERS[14:]), ("iam:GetRole", LETTERS))
    assert "Statement S0 (2 statements together) allows sts:AssumeRole on all resources" in message


def test_a_condition_on_the_callers_arn_is_judged_by_all_of_its_values() -> None:
    def narrows(*arns: str) -> bool:
        condition = {"ArnLike": {"aws:PrincipalArn": list(arns)}}
        return narrows_account(next(allow_statements(resource(POLICY, Condition=condition), "policy")))

    assert narrows(*EVERY_ROLE[:5])
    assert not narrows(*EVERY_ROLE)
    assert narrows(*(f"{ROLES}{letter}" for letter in LETTERS))
