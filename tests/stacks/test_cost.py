"""Budgets, anomaly alerts and cost allocation of each environment."""

import json
from typing import Any

from stacks.loading import load_file
from tests.stacks.graph import PROJECT, Graph, Node

TAGS = ["cost-centre", "data-classification", "environment", "feature", "owner", "project", "team"]


def _settings(graph: Graph) -> Any:
    return load_file(PROJECT, graph.exports["environment"]).cost


def _policy(node: Node) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in json.loads(node["policy"])["Statement"]}


def test_budgets_of_all_environments_stay_within_the_requirements(
    dev: Graph, staging: Graph, preprod: Graph, prod: Graph
) -> None:
    limits = [int(graph.one("budgets.Budget", "monthly")["limitAmount"]) for graph in (dev, staging, preprod, prod)]
    assert sum(limits) == 120_000


def test_environment_teams_and_features_have_the_budgets_of_the_settings(any_environment: Graph) -> None:
    cost = _settings(any_environment)
    limits = {each.name: int(each["limitAmount"]) for each in any_environment.all("budgets.Budget")}
    assert limits == {
        "monthly": cost.monthly_budget,
        **{f"team-{name}": limit for name, limit in cost.teams.items()},
        **{f"feature-{name}": limit for name, limit in cost.features.items()},
    }


def test_budget_filters_by_its_tag(any_environment: Graph) -> None:
    environment = any_environment.exports["environment"]
    for budget in any_environment.all("budgets.Budget"):
        tag, _, value = budget.name.partition("-")
        shown = f"user:{tag}${value}" if value else f"user:environment${environment}"
        assert budget["costFilters"] == [{"name": "TagKeyValue", "values": [shown]}]
        assert budget["name"] == f"campus-{environment}-{budget.name}"
        assert (budget["budgetType"], budget["timeUnit"], budget["limitUnit"]) == ("COST", "MONTHLY", "USD")


def test_every_feature_budget_filters_by_a_tag_value_in_use(any_environment: Graph) -> None:
    carried = {node.tags.get("feature") for node in any_environment.aws()}
    assert set(_settings(any_environment).features) <= carried


def test_team_budgets_cover_all_teams_and_sum_to_the_total(any_environment: Graph) -> None:
    settings = load_file(PROJECT, any_environment.exports["environment"])
    assert settings.cost.teams.keys() == settings.teams.keys()
    assert sum(settings.cost.teams.values()) == settings.cost.monthly_budget


def test_budget_alerts_at_80_100_and_120_percent(any_environment: Graph) -> None:
    topic = any_environment.one("sns.Topic", "cost-alerts")
    for budget in any_environment.all("budgets.Budget"):
        thresholds = [(each["notificationType"], each["threshold"]) for each in budget["notifications"]]
        assert thresholds == [("ACTUAL", 80), ("ACTUAL", 100), ("ACTUAL", 120), ("FORECASTED", 100)]
        for each in budget["notifications"]:
            assert each["comparisonOperator"] == "GREATER_THAN"
            assert each["thresholdType"] == "PERCENTAGE"
            assert each["subscriberEmailAddresses"] == list(_settings(any_environment).notify)
            assert each["subscriberSnsTopicArns"] == [topic.arn]


def test_only_this_accounts_billing_services_publish_encrypted_alerts(any_environment: Graph) -> None:
    topic = any_environment.one("sns.Topic", "cost-alerts")
    key = any_environment.one("kms.Key", "cost")
    assert topic["kmsMasterKeyId"] == key.arn
    assert (topic.region, key.region) == ("us-east-1", "us-east-1")
    services = ["budgets.amazonaws.com", "costalerts.amazonaws.com"]
    account = {"StringEquals": {"aws:SourceAccount": any_environment.exports["account"]}}
    publish = _policy(any_environment.one("sns.TopicPolicy", "cost-alerts"))["BillingServicesPublish"]
    use = _policy(key)["BillingServices"]
    for statement in (publish, use):
        assert statement["Principal"] == {"Service": services}
        assert statement["Condition"] == account
    assert publish["Action"] == ["sns:Publish"]
    assert publish["Resource"] == [topic.arn]


def test_cost_topic_rejects_plain_http(any_environment: Graph) -> None:
    deny = _policy(any_environment.one("sns.TopicPolicy", "cost-alerts"))["NothingInPlainText"]
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_anomaly_monitors_cover_services_and_teams(any_environment: Graph) -> None:
    monitors = {each.name: each for each in any_environment.all("costexplorer.AnomalyMonitor")}
    assert monitors.keys() == {"services", *(f"team-{team}" for team in _settings(any_environment).teams)}
    assert monitors["services"]["monitorDimension"] == "SERVICE"
    for team in _settings(any_environment).teams:
        specification = json.loads(monitors[f"team-{team}"]["monitorSpecification"])
        assert specification == {"Tags": {"Key": "user:team", "Values": [team]}}


def test_anomalies_alert_the_topic_immediately_and_mail_daily(any_environment: Graph) -> None:
    settings = _settings(any_environment)
    everything = {each.arn for each in any_environment.all("costexplorer.AnomalyMonitor")}
    digest = any_environment.one("costexplorer.AnomalySubscription", "anomaly-digest")
    alert = any_environment.one("costexplorer.AnomalySubscription", "anomaly-alert")
    assert digest["frequency"] == "DAILY"
    assert digest["subscribers"] == [{"type": "EMAIL", "address": address} for address in settings.notify]
    assert alert["frequency"] == "IMMEDIATE"
    assert alert["subscribers"] == [{"type": "SNS", "address": any_environment.one("sns.Topic", "cost-alerts").arn}]
    for subscription in (digest, alert):
        assert set(subscription["monitorArnLists"]) == everything
        assert subscription["thresholdExpression"]["dimension"] == {
            "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "matchOptions": ["GREATER_THAN_OR_EQUAL"],
            "values": [str(settings.anomaly_threshold)],
        }


def test_all_seven_tags_are_cost_allocation_tags(any_environment: Graph) -> None:
    tags = any_environment.all("costexplorer.CostAllocationTag")
    assert sorted(each["tagKey"] for each in tags) == TAGS
    assert {each["status"] for each in tags} == {"Active"}


def test_costs_are_charged_by_team_environment_and_feature(any_environment: Graph) -> None:
    categories = any_environment.all("costexplorer.CostCategory")
    assert {each.name for each in categories} == {"team", "environment", "feature"}
    for category in categories:
        (rule,) = category["rules"]
        assert rule["inheritedValue"] == {"dimensionName": "TAG", "dimensionKey": category.name}
        assert category["defaultValue"] == "untagged"


def test_cost_resources_are_charged_to_the_cost_feature(any_environment: Graph) -> None:
    cost_nodes = [node for node in any_environment.aws() if any_environment.layer(node) == "Cost"]
    assert {node.tags["feature"] for node in cost_nodes if node.tags} == {"cost"}
    assert {any_environment.ancestors(node)[-2].name for node in cost_nodes} == {"cost"}
