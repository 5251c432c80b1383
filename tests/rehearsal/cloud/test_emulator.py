"""The emulated cloud shares one state and one account with other processes."""

import os
import subprocess
import sys
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rehearsal.cloud import Emulator, EmulatorError, moto_patches
from tests.rehearsal.cloud.clients import ROLE, cluster, nodegroup

OTHER = "210987654321"


def test_this_process_and_others_see_one_state() -> None:
    before = dict(os.environ)
    with Emulator() as emulator:
        boto3.client("sqs", "us-east-1").create_queue(QueueName="events")
        other = boto3.client("sqs", "us-east-1", endpoint_url=emulator.endpoint)
        assert len(other.list_queues()["QueueUrls"]) == 1
        assert emulator.endpoint == f"http://127.0.0.1:{emulator.port}"
        iam = boto3.client("iam", "us-east-1", endpoint_url=emulator.endpoint)
        assert iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonEKSClusterPolicy")
    assert dict(os.environ) == before


def test_a_new_emulator_is_empty_and_a_stopped_one_does_not_answer() -> None:
    with Emulator() as emulator:
        boto3.client("s3", "us-east-1").create_bucket(Bucket="records")
        endpoint = emulator.endpoint
    with Emulator():
        assert boto3.client("s3", "us-east-1").list_buckets()["Buckets"] == []
        with pytest.raises(EndpointConnectionError):
            boto3.client("sts", "us-east-1", endpoint_url=endpoint).get_caller_identity()


def test_the_account_is_chosen_before_moto_is_imported() -> None:
    program = f"""
import boto3, urllib.request
from rehearsal.cloud import Emulator
with Emulator({OTHER!r}) as emulator:
    for options in ({{}}, {{"endpoint_url": emulator.endpoint}}):
        print(boto3.client("sts", "us-east-1", **options).get_caller_identity()["Account"])
"""
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True)
    assert done.stdout.split() == [OTHER, OTHER]


def test_an_account_requested_too_late_is_rejected() -> None:
    assert "moto.core.models" in sys.modules or Emulator().stop() is None  # type: ignore[func-returns-value]  # imports moto
    with pytest.raises(EmulatorError, match="moto was already imported for account"):
        Emulator(OTHER)


@pytest.mark.parametrize("wrong", ["12345", "12345678901a", ""])
def test_an_account_id_has_twelve_digits(wrong: str) -> None:
    with pytest.raises(EmulatorError, match="is not an AWS account id; use 12 digits"):
        Emulator(wrong)


def test_errors_reach_other_processes_as_aws_errors() -> None:
    with Emulator() as emulator:
        eks = boto3.client("eks", "us-east-1", endpoint_url=emulator.endpoint)
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            eks.describe_cluster(name="nowhere")


def test_other_processes_can_call_patched_operations() -> None:
    with Emulator() as emulator, moto_patches.apply():
        cluster(accessConfig={"authenticationMode": "API"}, version="1.33")
        nodegroup()
        eks: Any = boto3.client("eks", "us-east-1", endpoint_url=emulator.endpoint)
        main = {"clusterName": "main"}
        eks.create_addon(**main, addonName="coredns")
        assert eks.describe_addon(**main, addonName="coredns")["addon"]["status"] == "ACTIVE"
        eks.update_addon(**main, addonName="coredns", addonVersion="v1")
        eks.create_access_entry(**main, principalArn=ROLE)
        view = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
        eks.associate_access_policy(**main, principalArn=ROLE, policyArn=view, accessScope={"type": "cluster"})
        assert len(eks.list_associated_access_policies(**main, principalArn=ROLE)["associatedAccessPolicies"]) == 1
        eks.disassociate_access_policy(**main, principalArn=ROLE, policyArn=view)
        pod = {"namespace": "payments", "serviceAccount": "api", "roleArn": ROLE}
        identity = eks.create_pod_identity_association(**main, **pod)["association"]["associationId"]
        assert eks.describe_pod_identity_association(**main, associationId=identity)
        update = eks.update_cluster_version(name="main", version="1.34")["update"]["id"]
        assert eks.describe_update(name="main", updateId=update)["update"]["status"] == "Successful"
        assert eks.update_nodegroup_version(**main, nodegroupName="general")["update"]
