"""Clusters, node groups, add-ons, access entries and pod identities."""

from typing import Any

import pytest

from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, CheckLifecycle, LifecycleCase

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def cluster(deps: Any, *, public: bool, logs: list[str]) -> dict[str, Any]:
    return {
        "name": "campus",
        "roleArn": deps.role.outputs["arn"],
        "version": "1.33",
        "vpcConfig": {"subnetIds": deps.subnets, "endpointPrivateAccess": True, "endpointPublicAccess": public},
        "enabledClusterLogTypes": logs,
        "accessConfig": {"authenticationMode": "API"},
        "encryptionConfig": {"provider": {"keyArn": deps.key}, "resources": ["secrets"]},
    }


def nodes(deps: Any, size: int, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "clusterName": deps.cluster,
        "nodeRoleArn": deps.role.outputs["arn"],
        "subnetIds": deps.subnets[:1],
        "scalingConfig": {"desiredSize": size, "maxSize": 4, "minSize": 1},
        "instanceTypes": ["m6g.large"],
        "labels": labels,
        "taints": [{"key": "only", "value": "batch", "effect": "NO_SCHEDULE"}],
    }


def association(deps: Any, scope: dict[str, Any]) -> dict[str, Any]:
    principal = deps.cluster_principal
    return {"clusterName": deps.cluster, "principalArn": principal, "policyArn": ADMIN, "accessScope": scope}


CASES = [
    LifecycleCase(
        "aws:eks/cluster:Cluster",
        lambda deps: {**cluster(deps, public=False, logs=["api", "audit"]), "tags": OLD},
        lambda deps: {**cluster(deps, public=True, logs=["api"]), "version": "1.34", "tags": NEW},
    ),
    LifecycleCase(
        "aws:eks/nodeGroup:NodeGroup",
        lambda deps: {**nodes(deps, 2, {"tier": "a"}), "tags": OLD},
        lambda deps: {**nodes(deps, 3, {"zone": "b"}), "tags": NEW},
    ),
    LifecycleCase(
        "aws:eks/addon:Addon",
        lambda deps: {"clusterName": deps.cluster, "addonName": "vpc-cni", "tags": OLD},
        lambda deps: {"clusterName": deps.cluster, "addonName": "vpc-cni", "configurationValues": "{}", "tags": NEW},
    ),
    LifecycleCase(
        "aws:eks/accessEntry:AccessEntry",
        lambda deps: {"clusterName": deps.cluster, "principalArn": deps.role.outputs["arn"], "tags": OLD},
        lambda deps: {
            "clusterName": deps.cluster,
            "principalArn": deps.role.outputs["arn"],
            "kubernetesGroups": ["viewers"],
            "tags": NEW,
        },
    ),
    LifecycleCase(
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        lambda deps: association(deps, {"type": "cluster"}),
        lambda deps: association(deps, {"type": "namespace", "namespaces": ["web"]}),
    ),
    LifecycleCase(
        "aws:eks/podIdentityAssociation:PodIdentityAssociation",
        lambda deps: {
            "clusterName": deps.cluster,
            "namespace": "web",
            "serviceAccount": "api",
            "roleArn": deps.role.outputs["arn"],
        },
        lambda deps: {
            "clusterName": deps.cluster,
            "namespace": "web",
            "serviceAccount": "api",
            "roleArn": deps.other_role.outputs["arn"],
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_lifecycle(case: LifecycleCase, check_lifecycle: CheckLifecycle) -> None:
    check_lifecycle(case)
