"""Shortened action patterns match exactly the actions that they replace."""

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from operations.iam.wildcards import shorten

WORDS = st.sampled_from(["Create", "Delete", "Describe", "Role", "Policy", "Bucket", "Version"])
NAMES = st.lists(WORDS, min_size=1, max_size=4).map("".join)
ACTIONS = st.sets(st.builds("{}:{}".format, st.sampled_from(["iam", "s3"]), NAMES))


@given(ACTIONS, ACTIONS)
def test_patterns_match_all_actions_and_no_other(actions: set[str], others: set[str]) -> None:
    patterns = shorten(actions, others - actions)
    for action in actions | others:
        assert any(fnmatchcase(action, pattern) for pattern in patterns) == (action in actions)


@given(ACTIONS, ACTIONS)
def test_patterns_are_not_longer_than_the_actions(actions: set[str], others: set[str]) -> None:
    assert sum(map(len, shorten(actions, others - actions))) <= sum(map(len, actions))


def test_a_common_verb_or_noun_becomes_a_pattern() -> None:
    assert shorten({"iam:GetRole", "iam:GetUser", "iam:GetPolicy"}, {"iam:CreateRole"}) == ("iam:Get*",)
    assert shorten({"s3:CreateBucket", "s3:DeleteBucket"}, {"s3:CreateObject"}) == ("s3:*Bucket",)
