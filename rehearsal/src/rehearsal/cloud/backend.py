"""Resources of a rehearsal that exist before the program: state backend and roles.

As in production, an S3 bucket stores the state, and a KMS key encrypts the secrets in it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import boto3

from rehearsal.cloud.names import EXISTING_ROLE, REGION, SECRETS_ALIAS, state_bucket


def create(stack: str) -> None:
    """Create the state bucket and the KMS key.

    The bucket of a real account is versioned. This bucket is not: an update writes the state about three hundred times,
    and moto would keep every version in memory although nothing reads them.
    """
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket=state_bucket(stack))
    kms = boto3.client("kms", region_name=REGION)
    key = kms.create_key(Description="Secrets in the state of the rehearsal's stack")["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    kms.create_alias(AliasName=SECRETS_ALIAS, TargetKeyId=key)


def create_roles(names: Iterable[str]) -> None:
    """Create IAM roles that the program refers to but does not create.

    An example is the role that deploys it. The account's own principals may assume them.
    """
    iam = boto3.client("iam", region_name=REGION)
    account = boto3.client("sts", region_name=REGION).get_caller_identity()["Account"]
    root = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for name in names:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Description=EXISTING_ROLE)


@dataclass(frozen=True)
class Backend:
    """Reader of the state and the locks of one stack."""

    stack: str

    def deployment(self) -> dict[str, Any]:
        """Return the latest deployment, in which secrets are still encrypted.

        The deployment contains `resources` and `pending_operations`. It is empty before the first update.
        """
        for key in self._keys(".pulumi/stacks/"):
            if key.endswith(f"/{self.stack}.json"):
                latest = json.loads(self._get(key))["checkpoint"].get("latest")
                return latest if isinstance(latest, dict) else {}
        return {}

    def locks(self) -> list[dict[str, Any]]:
        """Return `pid`, `username`, `hostname` and `timestamp` of each lock of the stack."""
        return [json.loads(self._get(key)) for key in self._keys(".pulumi/locks/") if f"/{self.stack}/" in key]

    def last_result(self) -> str | None:
        """Return the result of the last update or destroy, such as `succeeded`.

        Return None if the engine's history is empty. The engine records an operation when it ends.
        """
        keys = self._keys(".pulumi/history/")
        newest = max((key for key in keys if f"/{self.stack}/" in key and key.endswith(".history.json")), default=None)
        return None if newest is None else str(json.loads(self._get(newest))["result"])

    def _keys(self, prefix: str) -> list[str]:
        pages = self._s3().get_paginator("list_objects_v2").paginate(Bucket=state_bucket(self.stack), Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def _get(self, key: str) -> bytes:
        body: bytes = self._s3().get_object(Bucket=state_bucket(self.stack), Key=key)["Body"].read()
        return body

    def _s3(self) -> Any:
        return boto3.client("s3", region_name=REGION)
