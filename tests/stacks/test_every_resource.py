"""Invariants of every resource in every environment."""

import json

from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, properties, short

TAGS = {"project", "environment", "team", "feature", "owner", "cost-centre", "data-classification"}
LAYERS = {
    "Foundation",
    "Audit",
    "Network",
    "Cluster",
    "Data",
    "Edge",
    "Secrets",
    "Workloads",
    "Services",
    "GitOps",
    "Cost",
}
TWO_REGION_LAYERS = {"Recovery"}


def test_every_taggable_resource_has_all_seven_tags(any_environment: Graph) -> None:
    taggable = [node for node in any_environment.aws() if "tags" in properties(node.type)]
    assert len(taggable) > 40
    assert {node.name: TAGS - set(node.tags) for node in taggable if TAGS - set(node.tags)} == {}


def test_no_tag_is_empty(any_environment: Graph) -> None:
    assert [node.name for node in any_environment.aws() if not all(node.tags.values())] == []


def test_every_regional_resource_names_its_region(any_environment: Graph) -> None:
    regional = [node for node in any_environment.aws() if "region" in properties(node.type)]
    assert [node.name for node in regional if not node.region] == []
    assert {node.region for node in regional} == set(any_environment.exports["regions"])


def test_no_resource_uses_a_default_provider(any_environment: Graph) -> None:
    without_provider = [
        n.urn for n in any_environment.nodes if n.custom and ":providers:" not in n.type and not n.provider
    ]
    assert without_provider == []
    assert all("default" not in node.provider for node in any_environment.nodes)


def test_calls_to_the_cloud_use_the_explicit_provider(any_environment: Graph) -> None:
    assert [call["token"] for call in any_environment.calls] == [
        "aws:secretsmanager/getRandomPassword:getRandomPassword"
    ]
    assert "pulumi:providers:aws" in any_environment.calls[0]["provider"]


def test_every_resource_belongs_to_one_layer(any_environment: Graph) -> None:
    layers = {any_environment.layer(node) for node in any_environment.nodes if node.custom}
    assert layers == LAYERS | (TWO_REGION_LAYERS if len(any_environment.exports["regions"]) > 1 else set())


def test_names_are_unique_within_a_type(any_environment: Graph) -> None:
    seen = [(node.type, node.name) for node in any_environment.nodes]
    assert len(seen) == len(set(seen))


def test_aws_names_contain_project_and_environment(any_environment: Graph) -> None:
    environment = any_environment.exports["environment"]
    named = [node for node in any_environment.aws() if short(node.type) in {"iam.Role", "ec2.SecurityGroup"}]
    assert named
    assert all(node["name"].startswith(f"campus-{environment}-") for node in named)


def test_provider_rejects_other_accounts(any_environment: Graph) -> None:
    provider = any_environment.one("pulumi:providers:aws")
    assert provider["allowedAccountIds"] == f'["{any_environment.exports["account"]}"]'


def test_stack_exports_the_main_identifiers(prod: Graph) -> None:
    settings = load_file(PROJECT, "prod")
    assert prod.exports["account"] == settings.account
    assert prod.exports["regions"] == ["us-east-1", "us-west-2"]
    assert prod.exports["clusterName"] == "campus-prod"
    assert prod.exports["serviceHosts"] == {"alerts": "alerts.campus-safety.example"}
    assert prod.exports["replicaArn"] == prod.one("rds.Instance", "records-dr").arn


def test_services_assume_roles_for_this_account_only(any_environment: Graph) -> None:
    """The trust policies prevent the confused deputy problem, which EC2 does not have."""
    unconditional = set()
    for role in any_environment.all("iam.Role"):
        for statement in json.loads(role["assumeRolePolicy"])["Statement"]:
            service = statement["Principal"].get("Service")
            if service == "ec2.amazonaws.com":
                unconditional.add(role.name.removesuffix("-role").removesuffix("-dr"))
            elif service:
                account = statement["Condition"]["StringEquals"]["aws:SourceAccount"]
                assert account == any_environment.exports["account"], role.name
    assert unconditional == {"nodes"}


def test_every_topic_rejects_plain_http(any_environment: Graph) -> None:
    policies = {node["arn"]: json.loads(node["policy"])["Statement"] for node in any_environment.all("sns.TopicPolicy")}
    topics = any_environment.all("sns.Topic")
    assert {topic.arn for topic in topics} == policies.keys()
    for statements in policies.values():
        (refusal,) = [each for each in statements if each["Effect"] == "Deny"]
        assert refusal["Action"] == ["sns:Publish"]
        assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_alarm_notifies_a_topic_in_its_own_region(any_environment: Graph) -> None:
    regions = {topic.arn: topic.region for topic in any_environment.all("sns.Topic")}
    for alarm in any_environment.all("cloudwatch.MetricAlarm"):
        assert {regions[arn] for arn in alarm["alarmActions"]} == {alarm.region}, alarm.name
