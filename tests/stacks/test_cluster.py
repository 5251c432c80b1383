"""Facts about the cluster of each environment."""

import json

from tests.stacks.graph import Graph


def test_the_api_is_private_where_students_data_is(preprod: Graph, prod: Graph) -> None:
    for graph in (preprod, prod):
        network = graph.one("eks.Cluster")["vpcConfig"]
        assert network["endpointPrivateAccess"] is True
        assert network["endpointPublicAccess"] is False
        assert "publicAccessCidrs" not in network


def test_the_api_is_public_in_dev_for_named_addresses_only(dev: Graph) -> None:
    network = dev.one("eks.Cluster")["vpcConfig"]
    assert network["endpointPublicAccess"] is True
    assert network["publicAccessCidrs"] == ["203.0.113.0/24"]


def test_cluster_secrets_are_enveloped_and_all_logs_are_kept(any_environment: Graph) -> None:
    cluster = any_environment.one("eks.Cluster")
    assert cluster["encryptionConfig"] == {
        "provider": {"keyArn": any_environment.one("kms.Key", "cluster").arn},
        "resources": ["secrets"],
    }
    assert set(cluster["enabledClusterLogTypes"]) == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    logs = any_environment.one("cloudwatch.LogGroup", "cluster-control-plane")
    assert logs["name"] == f"/aws/eks/{cluster['name']}/cluster"
    assert logs.urn in cluster.dependencies


def test_access_is_by_entries_alone_and_visible(any_environment: Graph) -> None:
    access = any_environment.one("eks.Cluster")["accessConfig"]
    assert access == {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    account = any_environment.exports["account"]
    assert any_environment.one("eks.AccessEntry")["principalArn"] == f"arn:aws:iam::{account}:role/campus-deployer"


def test_machines_cannot_be_asked_for_credentials_by_pods(any_environment: Graph) -> None:
    for template in any_environment.all("ec2.LaunchTemplate"):
        assert template["metadataOptions"] == {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
        }


def test_machines_have_encrypted_disks_and_pass_their_tags_on(any_environment: Graph) -> None:
    for template in any_environment.all("ec2.LaunchTemplate"):
        (disk,) = template["blockDeviceMappings"]
        assert (disk["ebs"]["encrypted"], disk["ebs"]["volumeType"]) == ("true", "gp3")
        passed_on = {each["resourceType"]: each["tags"] for each in template["tagSpecifications"]}
        assert passed_on == dict.fromkeys(("instance", "volume", "network-interface"), template.tags)


def test_spot_machines_take_batch_work_only(any_environment: Graph) -> None:
    for group in any_environment.all("eks.NodeGroup"):
        spot = group["capacityType"] == "SPOT"
        assert bool(group["taints"]) is spot
        assert group["labels"] == {"workload": "batch" if spot else "services"}
        assert group.tags["feature"] == ("batch" if spot else "cluster")


def test_the_autoscaler_and_the_program_do_not_fight(any_environment: Graph) -> None:
    assert {group.ignoreChanges for group in any_environment.all("eks.NodeGroup")} == {("scalingConfig.desiredSize",)}


def test_machines_of_dev_stand_in_one_zone(dev: Graph, prod: Graph) -> None:
    assert {tuple(group["subnetIds"]) for group in dev.all("eks.NodeGroup")} == {("network-private-a-id",)}
    assert {len(group["subnetIds"]) for group in prod.all("eks.NodeGroup")} == {3}


def test_network_policies_are_kept_by_the_cni(any_environment: Graph) -> None:
    settings = json.loads(any_environment.one("eks.Addon", "addons-early-vpc-cni")["configurationValues"])
    assert settings == {"enableNetworkPolicy": "true"}


def test_the_kubeconfig_holds_no_secret(any_environment: Graph) -> None:
    config = json.loads(any_environment.exports["kubeconfig"])
    name = any_environment.exports["clusterName"]
    (user,) = config["users"]
    assert set(user["user"]) == {"exec"}
    assert user["user"]["exec"]["command"] == "aws"
    assert user["user"]["exec"]["args"] == ["eks", "get-token", "--cluster-name", name, "--region", "us-east-1"]
    assert config["clusters"][0]["cluster"]["server"] == "https://cluster.example"


def test_kubernetes_objects_wait_for_machines(any_environment: Graph) -> None:
    provider = any_environment.one("pulumi:providers:kubernetes")
    groups = {group.urn for group in any_environment.all("eks.NodeGroup")}
    assert groups <= set(provider.dependencies)
