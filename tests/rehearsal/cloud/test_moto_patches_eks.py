"""EKS with and without patches."""

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.cloud.moto_patches.eks.models import LOG_TYPES, merged_logging
from tests.rehearsal.cloud.clients import ROLE, aws, cloud, cluster, network, nodegroup

VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
MISSING = "Not yet implemented"


def test_eks_defaults() -> None:
    with cloud(patched=False):
        assert cluster()["version"] == "1.19"
        assert nodegroup()["remoteAccess"] == {"ec2SshKey": "eksKeypair"}
    with cloud(patched=True):
        assert cluster()["version"] == "1.34"
        cluster("older", version="1.32")
        group = nodegroup(cluster="older")
        assert group["version"] == "1.32"
        assert group["amiType"] == "AL2023_x86_64_STANDARD"
        assert "remoteAccess" not in group


def test_eks_cluster_network() -> None:
    with cloud(patched=False):
        assert "vpcId" not in cluster()["resourcesVpcConfig"]
        aws("eks").create_cluster(name="lost", roleArn=ROLE, resourcesVpcConfig={"subnetIds": ["subnet-nowhere"]})
    with cloud(patched=True):
        shown = cluster()["resourcesVpcConfig"]
        ec2 = aws("ec2")
        (group,) = ec2.describe_security_groups(GroupIds=[shown["clusterSecurityGroupId"]])["SecurityGroups"]
        assert group["VpcId"] == shown["vpcId"]
        assert shown["endpointPublicAccess"] is True
        aws("eks").delete_cluster(name="main")
        with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
            ec2.describe_security_groups(GroupIds=[shown["clusterSecurityGroupId"]])
        with pytest.raises(ClientError, match="subnet-nowhere"):
            cluster("lost", resourcesVpcConfig={"subnetIds": ["subnet-nowhere"]})
        with pytest.raises(ClientError, match="at least two different AZs"):
            cluster("narrow", resourcesVpcConfig={"subnetIds": network(zones="a")[1]})


def test_eks_settings() -> None:
    access = {"authenticationMode": "API"}
    with cloud(patched=False):
        assert "accessConfig" not in cluster(accessConfig=access, deletionProtection=True)
        assert "updateConfig" not in nodegroup(updateConfig={"maxUnavailable": 2})
    with cloud(patched=True):
        shown = cluster(accessConfig=access, deletionProtection=True)
        assert shown["accessConfig"]["authenticationMode"] == "API"
        assert nodegroup(updateConfig={"maxUnavailable": 2})["updateConfig"] == {"maxUnavailable": 2}
        aws("eks").delete_nodegroup(clusterName="main", nodegroupName="general")
        with pytest.raises(ClientError, match="deletion protection"):
            aws("eks").delete_cluster(name="main")
        aws("eks").update_cluster_config(name="main", deletionProtection=False)
        aws("eks").delete_cluster(name="main")


def test_eks_update_config() -> None:
    change = {"endpointPrivateAccess": True}
    with cloud(patched=False):
        cluster()
        assert "update" not in aws("eks").update_cluster_config(name="main", resourcesVpcConfig=change)
        assert aws("eks").describe_cluster(name="main")["cluster"]["resourcesVpcConfig"] == change
    with cloud(patched=True):
        subnets = cluster()["resourcesVpcConfig"]["subnetIds"]
        update = aws("eks").update_cluster_config(name="main", resourcesVpcConfig=change)["update"]
        assert aws("eks").describe_update(name="main", updateId=update["id"])["update"]["status"] == "Successful"
        shown = aws("eks").describe_cluster(name="main")["cluster"]["resourcesVpcConfig"]
        assert shown["subnetIds"] == subnets
        assert shown["endpointPrivateAccess"] is True


@given(st.lists(st.tuples(st.sets(st.sampled_from(LOG_TYPES)), st.booleans()), max_size=5))
def test_logging_changes_touch_only_the_types_they_name(changes: list[tuple[set[str], bool]]) -> None:
    shown: list[dict[str, object]] = []
    expected = dict.fromkeys(LOG_TYPES, False)
    for types, enabled in changes:
        shown = merged_logging(shown, [{"types": sorted(types), "enabled": enabled}])
        expected |= dict.fromkeys(types, enabled)
        assert {name: entry["enabled"] for entry in shown for name in entry["types"]} == expected  # type: ignore[attr-defined]  # a list of names


def test_eks_tags() -> None:
    with cloud(patched=False):
        cluster()
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            aws("eks").tag_resource(resourceArn=nodegroup()["nodegroupArn"], tags={"team": "core"})
    with cloud(patched=True):
        eks, arn = aws("eks"), cluster()["arn"]
        for tagged in (arn, nodegroup()["nodegroupArn"]):
            eks.tag_resource(resourceArn=tagged, tags={"team": "core", "tier": "one"})
            eks.untag_resource(resourceArn=tagged, tagKeys=["tier"])
            assert eks.list_tags_for_resource(resourceArn=tagged)["tags"] == {"team": "core"}
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            eks.list_tags_for_resource(resourceArn=f"{arn}-of-nobody")


def test_eks_addons() -> None:
    one = {"clusterName": "main", "addonName": "coredns"}
    with cloud(patched=False):
        cluster()
        with pytest.raises(ClientError, match=MISSING):
            aws("eks").create_addon(**one)
    with cloud(patched=True):
        cluster()
        eks = aws("eks")
        addon = eks.create_addon(**one, tags={"team": "core"})["addon"]
        assert (addon["status"], addon["addonVersion"]) == ("ACTIVE", "v1.12.4-eksbuild.1")
        assert eks.list_tags_for_resource(resourceArn=addon["addonArn"])["tags"] == {"team": "core"}
        with pytest.raises(ClientError, match="ResourceInUseException"):
            eks.create_addon(**one)
        update = eks.update_addon(**one, addonVersion="v1.12.5-eksbuild.1", configurationValues="{}")["update"]
        assert eks.describe_update(name="main", updateId=update["id"], addonName="coredns")["update"] == update
        assert eks.describe_addon(**one)["addon"]["addonVersion"] == "v1.12.5-eksbuild.1"
        assert eks.list_addons(clusterName="main")["addons"] == ["coredns"]
        eks.delete_addon(**one)
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            eks.describe_addon(**one)


def test_eks_access_entries() -> None:
    one = {"clusterName": "main", "principalArn": ROLE}
    with cloud(patched=False):
        cluster()
        with pytest.raises(ClientError, match=MISSING):
            aws("eks").create_access_entry(**one)
    with cloud(patched=True):
        cluster(accessConfig={"authenticationMode": "API"})
        eks = aws("eks")
        entry = eks.create_access_entry(**one)["accessEntry"]
        assert entry["username"] == "arn:aws:sts::123456789012:assumed-role/cluster/{{SessionName}}"
        eks.associate_access_policy(**one, policyArn=VIEW, accessScope={"type": "namespace", "namespaces": ["team"]})
        (policy,) = eks.list_associated_access_policies(**one)["associatedAccessPolicies"]
        assert policy["accessScope"] == {"type": "namespace", "namespaces": ["team"]}
        eks.update_access_entry(**one, kubernetesGroups=["readers"])
        assert eks.describe_access_entry(**one)["accessEntry"]["kubernetesGroups"] == ["readers"]
        eks.disassociate_access_policy(**one, policyArn=VIEW)
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            eks.disassociate_access_policy(**one, policyArn=VIEW)
        assert eks.list_access_entries(clusterName="main")["accessEntries"] == [ROLE]
        eks.delete_access_entry(**one)
        assert eks.list_access_entries(clusterName="main")["accessEntries"] == []


def test_access_entries_need_a_cluster_that_uses_them() -> None:
    with cloud(patched=True):
        cluster()
        with pytest.raises(ClientError, match="authentication mode must be set"):
            aws("eks").create_access_entry(clusterName="main", principalArn=ROLE)


def test_eks_pod_identities() -> None:
    settings = {"clusterName": "main", "namespace": "payments", "serviceAccount": "api", "roleArn": ROLE}
    with cloud(patched=False):
        cluster()
        with pytest.raises(ClientError, match=MISSING):
            aws("eks").create_pod_identity_association(**settings)
    with cloud(patched=True):
        cluster()
        eks = aws("eks")
        association = eks.create_pod_identity_association(**settings)["association"]
        one = {"clusterName": "main", "associationId": association["associationId"]}
        with pytest.raises(ClientError, match="ResourceInUseException"):
            eks.create_pod_identity_association(**settings)
        assert len(eks.list_pod_identity_associations(clusterName="main", namespace="payments")["associations"]) == 1
        assert eks.list_pod_identity_associations(clusterName="main", namespace="other")["associations"] == []
        eks.update_pod_identity_association(**one, roleArn=f"{ROLE}-2")
        assert eks.describe_pod_identity_association(**one)["association"]["roleArn"] == f"{ROLE}-2"
        eks.delete_pod_identity_association(**one)
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            eks.describe_pod_identity_association(**one)


def test_eks_versions() -> None:
    with cloud(patched=False):
        cluster()
        with pytest.raises(ClientError, match=MISSING):
            aws("eks").update_cluster_version(name="main", version="1.20")
    with cloud(patched=True):
        cluster(version="1.32")
        nodegroup()
        eks = aws("eks")
        for refused in ("1.31", "1.32", "1.34"):
            with pytest.raises(ClientError, match=f"update from 1.32 to {refused}"):
                eks.update_cluster_version(name="main", version=refused)
        eks.update_cluster_version(name="main", version="1.33")
        assert eks.describe_cluster(name="main")["cluster"]["version"] == "1.33"
        update = eks.update_nodegroup_version(clusterName="main", nodegroupName="general")["update"]
        assert eks.describe_update(name="main", updateId=update["id"])["update"]["type"] == "VersionUpdate"
        assert eks.describe_nodegroup(clusterName="main", nodegroupName="general")["nodegroup"]["version"] == "1.33"
        with pytest.raises(ClientError, match="No update found"):
            eks.describe_update(name="main", updateId="nothing")
