"""Container repositories."""

import json
from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


def repository(deps: Any, *, scan: bool, mutability: str) -> dict[str, Any]:
    return {
        "imageScanningConfiguration": {"scanOnPush": scan},
        "imageTagMutability": mutability,
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": deps.key}],
    }


def keep_images(count: int) -> str:
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
    return json.dumps({"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]})


CASES = [
    LifecycleCase(
        "aws:ecr/repository:Repository",
        lambda deps: {**repository(deps, scan=False, mutability="MUTABLE"), "tags": OLD},
        lambda deps: {**repository(deps, scan=True, mutability="IMMUTABLE"), "tags": NEW},
    ),
    LifecycleCase(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        lambda deps: {"repository": deps.repositories[0], "policy": keep_images(10)},
        lambda deps: {"repository": deps.repositories[0], "policy": keep_images(20)},
        replacing=lambda deps: {"repository": deps.repositories[1]},
    ),
]
