"""The clusters of each environment, in both regions."""

import json

import pytest

from components.cluster.plan import ADDON_VERSIONS, ADDONS_AFTER_NODES, ADDONS_BEFORE_NODES
from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node


def _clusters(graph: Graph) -> list[Node]:
    return graph.all("eks.Cluster")


def _in(graph: Graph, kind: str, region: str) -> list[Node]:
    return [node for node in graph.all(kind) if node.region == region]


def test_api_is_private_in_environments_with_student_data(preprod: Graph, prod: Graph) -> None:
    for cluster in (*_clusters(preprod), *_clusters(prod)):
        network = cluster["vpcConfig"]
        assert network["endpointPrivateAccess"] is True
        assert network["endpointPublicAccess"] is False
        assert "publicAccessCidrs" not in network


def test_dev_api_is_public_for_listed_addresses_only(dev: Graph) -> None:
    network = dev.one("eks.Cluster")["vpcConfig"]
    assert network["endpointPublicAccess"] is True
    assert network["endpointPrivateAccess"] is True
    assert network["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_cluster_secrets_are_encrypted_and_all_log_types_are_enabled(any_environment: Graph) -> None:
    for cluster in _clusters(any_environment):
        suffix = cluster.name.removeprefix("cluster")
        key = any_environment.one("kms.Key", f"cluster{suffix}")
        assert cluster["encryptionConfig"] == {"provider": {"keyArn": key.arn}, "resources": ["secrets"]}
        assert key.region == cluster.region
        expected = {"api", "audit", "authenticator", "controllerManager", "scheduler"}
        assert set(cluster["enabledClusterLogTypes"]) == expected
        logs = any_environment.one("cloudwatch.LogGroup", f"cluster{suffix}-control-plane")
        assert logs["name"] == f"/aws/eks/{cluster['name']}/cluster"
        assert logs["kmsKeyId"] == any_environment.one("kms.Key", f"logs{suffix}").arn
        assert logs.urn in cluster.dependencies


def test_cluster_access_uses_access_entries_only(any_environment: Graph) -> None:
    for cluster in _clusters(any_environment):
        assert cluster["accessConfig"] == {
            "authenticationMode": "API",
            "bootstrapClusterCreatorAdminPermissions": False,
        }


def test_pods_cannot_reach_instance_metadata(any_environment: Graph) -> None:
    for template in any_environment.all("ec2.LaunchTemplate"):
        assert template["metadataOptions"] == {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        }


def test_node_volumes_use_our_key_and_inherit_tags(any_environment: Graph) -> None:
    primary = any_environment.one("eks.Cluster", "cluster").region
    for template in any_environment.all("ec2.LaunchTemplate"):
        (disk,) = template["blockDeviceMappings"]
        assert (disk["ebs"]["encrypted"], disk["ebs"]["volumeType"]) == ("true", "gp3")
        key = "volumes" if template.region == primary else "volumes-dr"
        assert disk["ebs"]["kmsKeyId"] == any_environment.one("kms.Key", key).arn
        passed_on = {each["resourceType"]: each["tags"] for each in template["tagSpecifications"]}
        assert passed_on == dict.fromkeys(("instance", "volume", "network-interface"), template.tags)


def test_addon_policies_are_attached_to_pod_roles_not_nodes(any_environment: Graph) -> None:
    attached = {
        node["policyArn"].rpartition("/")[2]: node["role"] for node in any_environment.all("iam.RolePolicyAttachment")
    }
    environment = any_environment.exports["environment"]
    assert attached["AmazonEKS_CNI_Policy"].startswith(f"campus-{environment}-pods")
    assert attached["AmazonEBSCSIDriverPolicyV2"].startswith(f"campus-{environment}-pods")


def test_spot_nodes_run_only_interruptible_workloads(any_environment: Graph) -> None:
    kinds = {"baseline": "services", "batch": "batch", "training": "training"}
    for group in any_environment.all("eks.NodeGroup"):
        workload = kinds[group["nodeGroupName"]]
        spot = workload != "services"
        assert group["capacityType"] == ("SPOT" if spot else "ON_DEMAND")
        taint = {"key": "workload", "value": workload, "effect": "NO_SCHEDULE"}
        assert group["taints"] == ([taint] if spot else [])
        assert group["labels"] == {"workload": workload}
        assert group.tags["feature"] == (workload if spot else "cluster")
        assert group["scalingConfig"]["minSize"] == 0 or not spot


def test_node_count_stays_within_the_environments_cap(any_environment: Graph) -> None:
    settings = load_file(PROJECT, any_environment.exports["environment"])
    maximum_nodes = sum(group["scalingConfig"]["maxSize"] for group in any_environment.all("eks.NodeGroup"))
    assert maximum_nodes <= settings.cluster.node_cap


def test_pulumi_ignores_sizes_that_the_autoscaler_or_schedules_set(any_environment: Graph) -> None:
    for group in any_environment.all("eks.NodeGroup"):
        if group.region == "us-east-1":
            assert "scalingConfig.desiredSize" in group.ignoreChanges
            scheduled = bool(any_environment.children(group.parent, "autoscaling.Schedule"))
            assert ("scalingConfig.minSize" in group.ignoreChanges) is scheduled


def test_dev_nodes_are_in_one_zone(dev: Graph, prod: Graph) -> None:
    assert {tuple(group["subnetIds"]) for group in dev.all("eks.NodeGroup")} == {("network-private-a-id",)}
    assert {len(group["subnetIds"]) for group in prod.all("eks.NodeGroup")} == {3}


@pytest.mark.parametrize("environment", ["staging", "preprod", "prod"])
def test_more_nodes_run_during_school_hours(environment: str, request: pytest.FixtureRequest) -> None:
    graph: Graph = request.getfixturevalue(environment)
    morning, evening = (
        graph.one("autoscaling.Schedule", f"nodes-baseline-school-{what}") for what in ("opens", "closes")
    )
    assert (morning["recurrence"], evening["recurrence"]) == ("30 5 * * MON-FRI", "0 18 * * MON-FRI")
    assert (
        morning["minSize"]
        > evening["minSize"]
        == graph.one("eks.NodeGroup", "nodes-baseline")["scalingConfig"]["minSize"]
    )
    for change in (morning, evening):
        assert change["timeZone"] == "America/New_York"
        assert change["autoscalingGroupName"] == "eks-group"
        assert (change["desiredCapacity"], change["maxSize"]) == (-1, -1)


def test_no_schedules_exist_without_an_effect(dev: Graph, prod: Graph) -> None:
    assert dev.all("autoscaling.Schedule") == []
    assert {node.region for node in prod.all("autoscaling.Schedule")} == {"us-east-1"}


def test_every_addon_is_pinned_to_the_clusters_version(any_environment: Graph) -> None:
    for cluster in _clusters(any_environment):
        versions = {
            addon["addonName"]: addon["addonVersion"] for addon in _in(any_environment, "eks.Addon", cluster.region)
        }
        assert versions == {
            addon.name: ADDON_VERSIONS[cluster["version"]][addon.name]
            for addon in (*ADDONS_BEFORE_NODES, *ADDONS_AFTER_NODES)
        }


def test_network_policies_are_enforced_by_the_cni(any_environment: Graph) -> None:
    settings = json.loads(any_environment.one("eks.Addon", "addons-early-vpc-cni")["configurationValues"])
    assert settings == {"enableNetworkPolicy": "true"}


def test_pod_roles_trust_only_their_own_cluster(any_environment: Graph) -> None:
    for cluster in _clusters(any_environment):
        associations = {
            one["serviceAccount"]: one
            for one in _in(any_environment, "eks.PodIdentityAssociation", cluster.region)
            if one["namespace"] == "kube-system"
        }
        assert associations.keys() == {
            "aws-node",
            "ebs-csi-controller-sa",
            "cluster-autoscaler",
            "aws-load-balancer-controller",
        }
        for association in associations.values():
            assert association["clusterName"] == cluster["name"]
            role = any_environment.one("iam.Role", association.name)
            assert association["roleArn"] == role.arn
            (statement,) = json.loads(role["assumeRolePolicy"])["Statement"]
            assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
            assert statement["Action"] == ["sts:AssumeRole", "sts:TagSession"]
            session = statement["Condition"]["StringEquals"]
            assert session["aws:RequestTag/eks-cluster-name"] == cluster["name"]


def test_pod_identities_exist_before_their_addons(any_environment: Graph) -> None:
    cni = any_environment.one("eks.PodIdentityAssociation", "pods-vpc-cni")
    disks = any_environment.one("eks.PodIdentityAssociation", "pods-ebs-csi")
    assert cni.urn in any_environment.one("campus:cluster:Addons", "addons-early").dependencies
    assert disks.urn in any_environment.one("campus:cluster:Addons", "addons").dependencies


def test_the_kubeconfig_holds_no_secret(any_environment: Graph) -> None:
    config = json.loads(any_environment.exports["kubeconfig"])
    name = any_environment.exports["clusterName"]
    (user,) = config["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["command"] == "aws"
    assert user["user"]["exec"]["args"] == ["eks", "get-token", "--cluster-name", name, "--region", "us-east-1"]
    assert config["clusters"][0]["cluster"]["server"] == "https://cluster.example"


def test_kubernetes_objects_depend_on_node_groups(any_environment: Graph) -> None:
    for provider in any_environment.all("pulumi:providers:kubernetes"):
        region = "us-west-2" if provider.name.endswith("-dr") else "us-east-1"
        groups = {group.urn for group in _in(any_environment, "eks.NodeGroup", region)}
        assert len(groups) == 3
        assert groups <= set(provider.dependencies)


def test_batch_and_training_nodes_are_charged_to_ml_platform(any_environment: Graph) -> None:
    for kind in ("eks.NodeGroup", "ec2.LaunchTemplate"):
        charged = {node.name.rpartition("-")[2]: node.tags for node in any_environment.all(kind)}
        owners = {name: (tags["team"], tags["owner"], tags["cost-centre"]) for name, tags in charged.items()}
        assert owners == {
            "baseline": ("student-safety", "platform-engineering", "cc-4100"),
            **dict.fromkeys(("batch", "training"), ("ml-platform", "ml-platform-leads", "cc-4200")),
        }


def test_preprod_and_prod_clusters_have_deletion_protection(any_environment: Graph) -> None:
    production_like = any_environment.exports["environment"] in {"preprod", "prod"}
    assert {cluster["deletionProtection"] for cluster in _clusters(any_environment)} == {production_like}
