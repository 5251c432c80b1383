"""Launch templates."""

from typing import Any

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase


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


def required(cores: int) -> dict[str, Any]:
    return {"vcpuCount": {"min": cores}, "memoryMib": {"min": 4096}}


CASES = [
    LifecycleCase(
        "aws:ec2/launchTemplate:LaunchTemplate",
        lambda deps: {**template(deps, "t3.micro"), "tags": OLD},
        lambda deps: {**template(deps, "t3.large"), "description": "second", "tags": NEW},
    ),
    LifecycleCase(
        "aws:ec2/launchTemplate:LaunchTemplate",
        lambda _deps: {"imageId": "ami-12345678", "defaultVersion": 1},
        drifts=lambda _deps: {"defaultVersion": (1, 2), "securityGroupNames": (["a"], ["b"])},
    ),
    LifecycleCase(
        "aws:ec2/launchTemplate:LaunchTemplate",
        lambda _deps: {"imageId": "ami-12345678", "instanceRequirements": required(4), "updateDefaultVersion": True},
        drifts=lambda deps: {
            "instanceRequirements": (required(4), required(8)),
            "networkInterfaces": tuple([{"networkInterfaceId": name}] for name in deps.interfaces),
        },
    ),
]
