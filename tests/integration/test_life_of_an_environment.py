"""Life of an environment: created, stable, drift detected, destroyed."""

import http.client
import json
import os
import re
import ssl
import subprocess
import urllib.request
from collections.abc import Callable
from typing import Any

import hvac
import psycopg
import pytest
from kubernetes import client, config

from operations.bootstrap.run import PLATFORM, context_from
from operations.iam.proof import Proof, expected_denials, prove, stale
from operations.iam.requests import read_calls
from rehearsal.cloud.comparison import compare
from rehearsal.daemon import AWS_CALLS
from tests.integration.conftest import Checkout
from tests.integration.environments import bring_up_without_further_changes, destroy

pytestmark = pytest.mark.integration

DRIFT_ENVIRONMENT = "dev"


@pytest.fixture(scope="module")
def first_up(checkout: Checkout) -> str:
    """Output of the update that creates dev."""
    return checkout.ops("rehearse", "up", "dev").stdout


@pytest.fixture(scope="module")
def dev(checkout: Checkout, first_up: str) -> Checkout:
    """Checkout in which dev is up."""
    assert "dev is up" in first_up
    return checkout


def one(items: list[Any]) -> Any:
    assert len(items) == 1, items
    return items[0]


def vault(checkout: Checkout) -> hvac.Client:
    address, token = checkout.shell("dev", 'echo "$VAULT_ADDR" "$VAULT_TOKEN"').stdout.split()
    return hvac.Client(url=address, token=token)


def cluster(checkout: Checkout) -> Any:
    kubeconfig = one(list(checkout.home("dev").data.glob("clusters/*/kubeconfig")))
    return config.new_client_from_config(config_file=str(kubeconfig))  # type: ignore[no-untyped-call]  # untyped package


def iam_proof(checkout: Checkout, stack: str) -> Proof:
    return prove(read_calls(checkout.home(stack).logs / AWS_CALLS), context_from(PLATFORM, stack))


def test_the_readme_shows_the_output_of_the_first_up(dev: Checkout, first_up: str) -> None:
    readme = (dev.root / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"^dev is up: \d+ create, 0 unchanged\.$", readme, re.MULTILINE)
    assert shown
    assert shown[0] in first_up


def test_another_up_prints_a_summary(dev: Checkout) -> None:
    shown = dev.ops("rehearse", "up", "dev").stdout
    assert "settings are valid" in shown
    assert "Policy packs: no blocking findings, 1 advisory" in shown
    assert "eks-endpoint-must-be-private" in shown
    assert "Inventory: the emulated AWS and the state hold the same resources" in shown
    assert "dev is up: no changes" in shown


def test_a_second_preview_shows_no_change(dev: Checkout) -> None:
    dev.shell("dev", "pulumi preview --stack dev --expect-no-changes")


def test_refresh_finds_no_drift(dev: Checkout) -> None:
    dev.shell("dev", "pulumi refresh --stack dev --preview-only --expect-no-changes")


def test_state_in_the_emulated_s3_is_encrypted(dev: Checkout) -> None:
    body = (
        dev.aws("dev", "s3")
        .get_object(Bucket="pulumi-state-dev", Key=".pulumi/stacks/campus-safety/dev.json")["Body"]
        .read()
    )
    state = json.loads(body)["checkpoint"]["latest"]
    assert state["secrets_providers"]["type"] == "cloud"
    assert state["secrets_providers"]["state"]["url"].startswith("awskms://")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can start a process of another user")
def test_another_user_of_the_machine_can_use_neither_the_emulated_aws_nor_the_control_api(dev: Checkout) -> None:
    daemon = dev.daemon("dev")
    for port in (daemon.aws_port, daemon.control_port):
        request = f"exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
        answer = subprocess.run(["/bin/bash", "-c", request], user=65534, check=True, capture_output=True, text=True)
        assert "403 Forbidden" in answer.stdout
        assert "another user's process" in answer.stdout


def test_etcd_answers_only_clients_with_the_clusters_certificate(dev: Checkout) -> None:
    (certificate,) = dev.home("dev").data.glob("clusters/*/etcd.crt")
    (etcd,) = dev.running("etcd")
    flags = dict(flag.partition("=")[::2] for flag in etcd.cmdline())
    url = f"{flags['--listen-client-urls']}/version"
    trusting = ssl.create_default_context(cafile=str(certificate.with_name("ca.crt")))
    with pytest.raises((OSError, http.client.HTTPException)):
        urllib.request.urlopen(url, context=trusting)  # noqa: S310  # a URL of this rehearsal
    trusting.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with urllib.request.urlopen(url, context=trusting) as answer:  # noqa: S310  # the same
        assert "etcdserver" in json.load(answer)


def test_the_rehearsal_leaves_the_checkout_clean(dev: Checkout) -> None:
    for stack_file in dev.root.glob("Pulumi*.yaml"):
        assert "encryptedkey" not in stack_file.read_text()


def tag_the_vpc(checkout: Checkout) -> None:
    ec2 = checkout.aws("dev", "ec2")
    vpc = one([vpc for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]])
    ec2.create_tags(Resources=[vpc["VpcId"]], Tags=[{"Key": "team", "Value": "somebody-else"}])


def own_groups(checkout: Checkout) -> list[str]:
    groups = checkout.aws("dev", "ec2").describe_security_groups()["SecurityGroups"]
    return [group["GroupId"] for group in groups if group["GroupName"].startswith("campus-")]


def open_a_security_group(checkout: Checkout) -> None:
    """Add a rule that is not in the program."""
    checkout.aws("dev", "ec2").authorize_security_group_ingress(
        GroupId=own_groups(checkout)[0], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )


def widen_a_security_group_rule(checkout: Checkout) -> None:
    """Widen the port range of one of the program's rules."""
    ec2 = checkout.aws("dev", "ec2")
    filters = [{"Name": "group-id", "Values": own_groups(checkout)}]
    rule = next(
        rule
        for rule in ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
        if not rule["IsEgress"] and "ReferencedGroupInfo" in rule
    )
    wide = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535}
    ec2.modify_security_group_rules(
        GroupId=rule["GroupId"],
        SecurityGroupRules=[
            {
                "SecurityGroupRuleId": rule["SecurityGroupRuleId"],
                "SecurityGroupRule": {**wide, "ReferencedGroupId": rule["ReferencedGroupInfo"]["GroupId"]},
            }
        ],
    )


def open_the_bucket(checkout: Checkout) -> None:
    s3 = checkout.aws("dev", "s3")
    bucket = next(bucket["Name"] for bucket in s3.list_buckets()["Buckets"] if "evidence" in bucket["Name"])
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": False,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )


def shorten_backups(checkout: Checkout) -> None:
    rds = checkout.aws("dev", "rds")
    database = one(rds.describe_db_instances()["DBInstances"])
    rds.modify_db_instance(
        DBInstanceIdentifier=database["DBInstanceIdentifier"], BackupRetentionPeriod=1, ApplyImmediately=True
    )


def delete_a_network_policy(checkout: Checkout) -> None:
    with cluster(checkout) as api:
        networking: Any = client.NetworkingV1Api(api)
        policy = next(
            policy
            for policy in networking.list_network_policy_for_all_namespaces().items
            if "deny" in policy.metadata.name
        )
        networking.delete_namespaced_network_policy(policy.metadata.name, policy.metadata.namespace)


def widen_a_vault_policy(checkout: Checkout) -> None:
    connection = vault(checkout)
    connection.sys.create_or_update_policy("ci-cd-policy", 'path "*" { capabilities = ["sudo"] }')


DRIFTS: dict[Callable[[Checkout], None], str] = {
    tag_the_vpc: "somebody-else",
    open_a_security_group: "0.0.0.0/0",
    widen_a_security_group_rule: "65535",
    open_the_bucket: "blockPublicAcls",
    shorten_backups: "backupRetentionPeriod",
    delete_a_network_policy: "NetworkPolicy",
    widen_a_vault_policy: "sudo",
}


def test_refresh_detects_every_out_of_band_change(dev: Checkout) -> None:
    for change in DRIFTS:
        change(dev)
    shown = dev.shell("dev", "pulumi refresh --stack dev --preview-only --diff").stdout
    missing = [change.__name__ for change, sign in DRIFTS.items() if sign not in shown]
    assert not missing, shown
    dev.shell("dev", "pulumi refresh --stack dev --yes --skip-preview")
    dev.shell("dev", "pulumi up --stack dev --yes --skip-preview")
    dev.shell("dev", "pulumi refresh --stack dev --preview-only --expect-no-changes")


def test_the_rotated_credentials_of_vault_open_the_real_database(dev: Checkout) -> None:
    """Test the whole chain: RDS server, managed password, Vault role and TLS."""
    connection = vault(dev)
    mount = next(
        path
        for path, info in connection.sys.list_mounted_secrets_engines()["data"].items()
        if info["type"] == "database"
    )
    role = next(name for name in connection.list(f"{mount}roles")["data"]["keys"] if "read-only" in name)
    credentials = connection.read(f"{mount}creds/{role}")["data"]
    database = one(dev.aws("dev", "rds").describe_db_instances()["DBInstances"])
    with psycopg.connect(
        host=database["Endpoint"]["Address"],
        port=database["Endpoint"]["Port"],
        dbname=database["DBName"],
        user=credentials["username"],
        password=credentials["password"],
        sslmode="require",
    ) as session:
        assert session.execute("select current_user").fetchone() == (credentials["username"],)


def test_destroy_leaves_nothing_in_aws_cluster_and_vault(dev: Checkout) -> None:
    dev.shell("dev", "pulumi destroy --stack dev --yes --skip-preview")
    inventory = dev.control("dev", "inventory")["resources"]
    assert compare(inventory, []).only_in_cloud == ()
    assert dev.aws("dev", "eks").list_clusters()["clusters"] == []
    connection = vault(dev)
    mounts = set(connection.sys.list_mounted_secrets_engines()["data"])
    assert mounts == {"cubbyhole/", "identity/", "sys/", "agent-registry/"} & mounts
    assert set(connection.sys.list_auth_methods()["data"]) == {"token/"}
    assert set(connection.sys.list_policies()["data"]["policies"]) == {"default", "root"}


def test_the_pipeline_may_make_every_call_of_the_environments_life(dev: Checkout) -> None:
    proof = iam_proof(dev, "dev")
    assert proof.requests > 500
    assert proof.actions >= {"kms:Decrypt", "kms:Encrypt", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"}
    assert proof.unexpected == ()
    assert stale(proof, expected_denials()) == ()


def test_down_ends_every_process(dev: Checkout) -> None:
    dev.ops("rehearse", "down", "dev")
    assert dev.processes() == []
    assert dev.ops("rehearse", "status", "dev", check=False).returncode == 1


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_other_environments_come_up_without_further_changes(checkout: Checkout, stack: str) -> None:
    bring_up_without_further_changes(checkout, stack)
    checkout.ops("rehearse", "down", stack)
    assert checkout.processes() == []


@pytest.mark.full
@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_other_environments_are_destroyed_completely(checkout: Checkout, stack: str) -> None:
    checkout.ops("rehearse", "up", stack, "--disposable")
    destroy(checkout, stack)
