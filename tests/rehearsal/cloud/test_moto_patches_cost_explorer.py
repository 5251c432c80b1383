"""Cost Explorer with and without patches."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.cloud.clients import ACCOUNT, aws, cloud

MISSING = (ClientError, NotImplementedError)
SERVICES = {"MonitorName": "services", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
MAIL = {"Type": "EMAIL", "Address": "costs@campus.example"}
TAGS = [{"Key": "team", "Value": "safety"}]


def subscription(monitor: str, **more: Any) -> dict[str, Any]:
    defaults = {"SubscriptionName": "digest", "Frequency": "DAILY", "MonitorArnList": [monitor], "Subscribers": [MAIL]}
    return {**defaults, **more}


def test_ce_allocation_tags() -> None:
    statuses = [{"TagKey": "team", "Status": "Active"}, {"TagKey": "owner", "Status": "Inactive"}]
    with cloud(patched=False), pytest.raises(MISSING):
        aws("ce").update_cost_allocation_tags_status(CostAllocationTagsStatus=statuses)
    with cloud(patched=True):
        ce = aws("ce")
        assert ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=statuses)["Errors"] == []
        (active,) = ce.list_cost_allocation_tags(Status="Active")["CostAllocationTags"]
        assert (active["TagKey"], active["Type"]) == ("team", "UserDefined")
        assert ce.list_cost_allocation_tags(TagKeys=["owner"])["CostAllocationTags"][0]["Status"] == "Inactive"


def test_ce_categories() -> None:
    rule = {"Value": "ours", "Rule": {"Tags": {"Key": "team", "Values": ["safety"]}}}
    category = {"Name": "team", "RuleVersion": "CostCategoryExpression.v1", "Rules": [rule], "ResourceTags": TAGS}
    with cloud(patched=False), pytest.raises(MISSING):
        aws("ce").list_cost_category_definitions()
    with cloud(patched=True):
        created = aws("ce").create_cost_category_definition(**category)
        (shown,) = aws("ce").list_cost_category_definitions()["CostCategoryReferences"]
        assert (shown["Name"], shown["CostCategoryArn"]) == ("team", created["CostCategoryArn"])


def test_ce_anomaly_monitors() -> None:
    with cloud(patched=False), pytest.raises(MISSING):
        aws("ce").create_anomaly_monitor(AnomalyMonitor=SERVICES)
    with cloud(patched=True):
        ce = aws("ce")
        arn = ce.create_anomaly_monitor(AnomalyMonitor=SERVICES, ResourceTags=TAGS)["MonitorArn"]
        assert arn.startswith(f"arn:aws:ce::{ACCOUNT}:anomalymonitor/")
        assert ce.list_tags_for_resource(ResourceArn=arn)["ResourceTags"] == TAGS
        with pytest.raises(ClientError, match="LimitExceededException"):
            ce.create_anomaly_monitor(AnomalyMonitor=SERVICES)
        ce.update_anomaly_monitor(MonitorArn=arn, MonitorName="all")
        (shown,) = ce.get_anomaly_monitors()["AnomalyMonitors"]
        assert (shown["MonitorName"], shown["MonitorDimension"]) == ("all", "SERVICE")
        ce.delete_anomaly_monitor(MonitorArn=arn)
        with pytest.raises(ClientError, match="UnknownMonitorException"):
            ce.get_anomaly_monitors(MonitorArnList=[arn])


def test_ce_anomaly_subscriptions() -> None:
    nowhere = f"arn:aws:ce::{ACCOUNT}:anomalymonitor/nowhere"
    with cloud(patched=False), pytest.raises(MISSING):
        aws("ce").create_anomaly_subscription(AnomalySubscription=subscription(nowhere))
    with cloud(patched=True):
        ce = aws("ce")
        with pytest.raises(ClientError, match="UnknownMonitorException"):
            ce.create_anomaly_subscription(AnomalySubscription=subscription(nowhere))
        monitor = ce.create_anomaly_monitor(AnomalyMonitor=SERVICES)["MonitorArn"]
        with pytest.raises(ClientError, match="only supports subscribers of type SNS"):
            ce.create_anomaly_subscription(AnomalySubscription=subscription(monitor, Frequency="IMMEDIATE"))
        arn = ce.create_anomaly_subscription(AnomalySubscription=subscription(monitor))["SubscriptionArn"]
        ce.update_anomaly_subscription(SubscriptionArn=arn, Frequency="WEEKLY")
        (shown,) = ce.get_anomaly_subscriptions()["AnomalySubscriptions"]
        assert (shown["Frequency"], shown["AccountId"]) == ("WEEKLY", ACCOUNT)
        assert shown["Subscribers"] == [{**MAIL, "Status": "CONFIRMED"}]
        ce.delete_anomaly_subscription(SubscriptionArn=arn)
        with pytest.raises(ClientError, match="UnknownSubscriptionException"):
            ce.get_anomaly_subscriptions(SubscriptionArnList=[arn])
