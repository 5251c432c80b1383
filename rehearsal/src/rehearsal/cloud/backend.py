"""The engine's own state, kept as in production: an S3 bucket, and a KMS key as secrets provider."""

import json
from dataclasses import dataclass
from typing import Any

import boto3

from rehearsal.cloud.names import REGION, SECRETS_ALIAS, state_bucket


def create(stack: str) -> None:
    """Make the state bucket and the key.

    A real account's bucket is versioned. Here every version would stay in memory (an update writes the state some
    three hundred times), and nobody goes back to one.
    """
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket=state_bucket(stack))
    kms = boto3.client("kms", region_name=REGION)
    key = kms.create_key(Description="Secrets in the state of the rehearsal's stack")["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    kms.create_alias(AliasName=SECRETS_ALIAS, TargetKeyId=key)


@dataclass(frozen=True)
class Backend:
    """Reads what the engine keeps in the state bucket."""

    stack: str

    def deployment(self) -> dict[str, Any]:
        """The latest deployment (`resources`, `pending_operations`), secrets encrypted; empty before the first."""
        for key in self._keys(".pulumi/stacks/"):
            if key.endswith(f"/{self.stack}.json"):
                latest = json.loads(self._get(key))["checkpoint"].get("latest")
                return latest if isinstance(latest, dict) else {}
        return {}

    def locks(self) -> list[dict[str, Any]]:
        """Who holds the stack: `pid`, `username`, `hostname`, `timestamp` of each lock file."""
        return [json.loads(self._get(key)) for key in self._keys(".pulumi/locks/") if f"/{self.stack}/" in key]

    def _keys(self, prefix: str) -> list[str]:
        listed = self._s3().list_objects_v2(Bucket=state_bucket(self.stack), Prefix=prefix)
        return [item["Key"] for item in listed.get("Contents", [])]

    def _get(self, key: str) -> bytes:
        body: bytes = self._s3().get_object(Bucket=state_bucket(self.stack), Key=key)["Body"].read()
        return body

    def _s3(self) -> Any:
        return boto3.client("s3", region_name=REGION)
