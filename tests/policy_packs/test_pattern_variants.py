"""Wildcards inside the type, path or ID prefix of an ARN do not restrict the name."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.iam.patterns import matches_arn
from policy_packs.security.pattern_unions import covering_resources
from policy_packs.security.patterns import covers_every_resource

# `{}` stands for a name. Everything else is the same for all resources of the kind.
KINDS = {
    "iam::1:": ("role/{}", "policy/{}", "user/{}"),
    "sts::1:": ("role/{}",),
    "secretsmanager:us-east-1:1:": ("secret:{}",),
    "kms:us-east-1:1:": ("key/{}", "key/mrk-{}"),
    "logs:us-east-1:1:": ("log-group:{}", "log-group:{}:log-stream:{}"),
    "dynamodb:us-east-1:1:": ("table/{}", "table/{}/index/{}", "table/{}/stream/{}"),
    "elasticloadbalancing:us-east-1:1:": ("loadbalancer/app/{}", "loadbalancer/net/{}", "listener/gwy/{}"),
    "wafv2:us-east-1:1:": ("regional/webacl/{}", "global/rulegroup/{}"),
    "autoscaling:us-east-1:1:": ("autoScalingGroup:{}:autoScalingGroupName/{}",),
    "apigateway:us-east-1::": ("/restapis/{}", "/v2/apis/{}"),
    "ec2:us-east-1:1:": ("instance/i-0{}", "snapshot/snap-0{}", "volume/vol-0{}", "vpc-endpoint/vpce-0{}"),
    "elasticfilesystem:us-east-1:1:": ("file-system/fs-0{}", "access-point/fsap-0{}"),
    "rds:us-east-1:1:": ("snapshot:rds:{}", "cluster-snapshot:awsbackup:{}"),
    "rds-db:us-east-1:1:": ("dbuser:db-{}/{}", "dbuser:cluster-{}/{}"),
    "route53:::": ("hostedzone/Z{}",),
    "ssm:us-east-1:1:": ("managed-instance/mi-0{}", "parameter/{}"),
}
HEADS = [(f"arn:aws:{start}", template) for start, templates in KINDS.items() for template in templates]
# Names without a common substring. A pattern that matches all of them does not restrict the names.
NAMES = ("9k4w7w9", "6Zm-Qp.1", "x3v_yju8", "h5b7b2b7")


@st.composite
def variants(draw: st.DrawFn, text: str) -> str:
    """Replace parts of a text with wildcards that match them."""
    pattern, position = "", 0
    while position < len(text):
        kind = draw(st.sampled_from(["keep", "keep", "keep", "?", "*", "*keep"]))
        length = draw(st.integers(1, 8)) if kind in ("*", "keep") else 1
        part = text[position : position + length]
        pattern += {"keep": part, "?": "?" * len(part), "*": "*", "*keep": f"*{part}"}[kind]
        position += length
    return pattern


@settings(max_examples=1500, deadline=None)
@given(data=st.data(), head=st.sampled_from(HEADS), tail=st.sampled_from(["*", "?*", "*?", "**", "*/*", "*:*"]))
def test_wildcards_inside_the_type_cover_every_name(data: st.DataObject, head: tuple[str, str], tail: str) -> None:
    start, template = head
    inner, *rest = template.rsplit("{}", maxsplit=1)
    text = inner.replace("{}", "\0")
    cut = data.draw(st.integers(0, len(text)))
    pattern = start + data.draw(variants(text[: len(text) - cut])).replace("\0", "*") + "".join(rest) + tail
    texts = [start + template.format(*names) for names in product(NAMES, repeat=template.count("{}"))]
    if all(matches_arn(pattern, each, {}) for each in texts):
        assert covers_every_resource(pattern), pattern


@settings(max_examples=800, deadline=None)
@given(data=st.data(), head=st.sampled_from(HEADS), name=st.sampled_from(["campus-prod-x", "records", "9web-reports"]))
def test_a_name_after_the_type_counts(data: st.DataObject, head: tuple[str, str], name: str) -> None:
    start, template = head
    tail = data.draw(st.sampled_from(["*", "-*", "/*", "?"]))
    pattern = start + template.replace("{}", name) + tail
    assert not covers_every_resource(pattern), pattern
    assert not covers_every_resource(start + template.replace("{}", name)), template


@pytest.mark.parametrize("kind", ["?ole/", "*ole/", "*/", "r*e/"])
def test_text_behind_a_wildcard_in_the_type_is_not_a_name(kind: str) -> None:
    assert covers_every_resource(f"arn:aws:iam::1:{kind}a*")
    assert covers_every_resource(f"arn:aws:iam::1:{kind}abc*")


@pytest.mark.parametrize("prefix", ["rds-db::1:dbuser:db-", "route53:::hostedzone/Z", "rds::1:snapshot:rds:"])
def test_lists_are_judged_behind_a_prefix_that_aws_gives(prefix: str) -> None:
    letters = [f"arn:aws:{prefix}{letter}*" for letter in "abcdefghijklmnopqrstuvwxyz123456789"]
    assert covering_resources(letters) == tuple(letters)
    assert covering_resources(letters[:5]) == ()
