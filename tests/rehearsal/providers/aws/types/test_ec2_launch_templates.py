"""Launch templates."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase


def template(deps: Any, size: str) -> dict[str, Any]:
    return {
        "imageId": "ami-12345678",
        "instanceType": size,
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20, "encrypted": "true"}}],
        "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2},
        "tagSpecifications": [{"resourceType": "instance", "tags": {"Name": "node"}}],
        "vpcSecurityGroupIds": [deps.security_groups[0]],
        "updateDefaultVersion": True,
    }


CASES = [
    LifecycleCase(
        "aws:ec2/launchTemplate:LaunchTemplate",
        lambda deps: {**template(deps, "t3.micro"), "tags": OLD},
        lambda deps: {**template(deps, "t3.large"), "description": "second", "tags": NEW},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)
