"""Clusters, node groups, add-ons, access entries and pod identities."""

from typing import Any

import pytest

from rehearsal.providers.protocol import ProviderError
from tests.rehearsal.providers.aws.lifecycle import NEW, OLD, LifecycleCase

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


def templated_nodes(deps: Any, version: str) -> dict[str, Any]:
    inputs = nodes(deps, 1, {})
    del inputs["instanceTypes"]
    return {**inputs, "launchTemplate": {"id": deps.launch_template, "version": version}}


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
        "aws:eks/nodeGroup:NodeGroup",
        lambda deps: templated_nodes(deps, "1"),
        lambda deps: templated_nodes(deps, "2"),
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


@pytest.mark.parametrize("change", [{"version": "1.34"}, {"public": True}])
def test_a_changed_cluster_keeps_its_security_group_in_the_preview(
    engine: Any, deps: Any, change: dict[str, Any]
) -> None:
    inputs = cluster(deps, public=False, logs=["api"])
    created = engine.create("aws:eks/cluster:Cluster", **inputs)
    group = created.outputs["vpcConfig"]["clusterSecurityGroupId"]
    assert group.startswith("sg-")
    changed = {**cluster(deps, public="public" in change, logs=["api"]), "version": change.get("version", "1.33")}
    preview = engine.configured.preview_update(created, engine.checked(created.urn.type, "main", changed, inputs))
    assert preview["vpcConfig"]["clusterSecurityGroupId"] == group
    assert preview["vpcConfig"]["endpointPublicAccess"] is ("public" in change)


def test_two_node_groups_cannot_have_one_name(engine: Any, deps: Any) -> None:
    inputs = {**nodes(deps, 2, {}), "nodeGroupName": "baseline"}
    old = engine.create("aws:eks/nodeGroup:NodeGroup", "old", **inputs)
    larger = {**inputs, "instanceTypes": ["m7i.large"]}
    assert [change.path for change in engine.diff(old, **larger).changes if change.replace] == ["instanceTypes[0]"]
    with pytest.raises(ProviderError, match="ResourceInUseException"):
        engine.create("aws:eks/nodeGroup:NodeGroup", "new", **larger)
    assert engine.drift(old) == []
    engine.create("aws:eks/nodeGroup:NodeGroup", "new", **{**larger, "nodeGroupName": "baseline-m7"})
    engine.delete(old)
