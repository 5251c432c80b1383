"""Cost Explorer: cost allocation tags, cost categories and anomaly detection."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from moto.ce import models, responses
from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches

SUBSCRIBER_TYPES = {"IMMEDIATE": "SNS", "DAILY": "EMAIL", "WEEKLY": "EMAIL"}
"""Type of subscriber that each frequency supports."""


class CostExplorerBackend(models.CostExplorerBackend):
    """Cost allocation tags, anomaly monitors and anomaly subscriptions."""

    original: ClassVar[type[models.CostExplorerBackend]]

    @override
    def __init__(self, region_name: str, account_id: str) -> None:
        CostExplorerBackend.original.__init__(self, region_name, account_id)
        self.allocation_tags: dict[str, dict[str, Any]] = {}
        self.anomaly_monitors: dict[str, dict[str, Any]] = {}
        self.anomaly_subscriptions: dict[str, dict[str, Any]] = {}

    def create_anomaly_monitor(self, monitor: Mapping[str, Any], tags: list[dict[str, str]]) -> str:
        """Store a monitor and return its ARN. Each dimension has at most one monitor."""
        dimensions = {existing.get("MonitorDimension") for existing in self.anomaly_monitors.values()}
        if monitor["MonitorType"] == "DIMENSIONAL" and monitor["MonitorDimension"] in dimensions:
            raise JsonRESTError("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")
        arn, today = self.new_arn("anomalymonitor"), utcnow().strftime("%Y-%m-%d")
        self.anomaly_monitors[arn] = {**monitor, "MonitorArn": arn, "CreationDate": today, "LastUpdatedDate": today}
        self.tag_resource(arn, tags)
        return arn

    def get_anomaly_monitor(self, arn: str) -> dict[str, Any]:
        """Return a monitor."""
        try:
            return self.anomaly_monitors[arn]
        except KeyError:
            raise JsonRESTError("UnknownMonitorException", f"Monitor {arn} not found") from None

    def create_anomaly_subscription(self, subscription: Mapping[str, Any], tags: list[dict[str, str]]) -> str:
        """Store a subscription and return its ARN."""
        self.check_subscription(subscription)
        arn = self.new_arn("anomalysubscription")
        self.anomaly_subscriptions[arn] = {**subscription, "SubscriptionArn": arn, "AccountId": self.account_id}
        self.tag_resource(arn, tags)
        return arn

    def get_anomaly_subscription(self, arn: str) -> dict[str, Any]:
        """Return a subscription."""
        try:
            return self.anomaly_subscriptions[arn]
        except KeyError:
            raise JsonRESTError("UnknownSubscriptionException", f"Subscription {arn} not found") from None

    def check_subscription(self, subscription: Mapping[str, Any]) -> None:
        """Reject missing monitors, and subscriber types that the frequency forbids."""
        for arn in subscription["MonitorArnList"]:
            self.get_anomaly_monitor(arn)
        frequency = subscription["Frequency"]
        supported = SUBSCRIBER_TYPES[frequency]
        if any(subscriber["Type"] != supported for subscriber in subscription["Subscribers"]):
            message = f"Frequency {frequency} only supports subscribers of type {supported}"
            raise JsonRESTError("ValidationException", message)

    def new_arn(self, resource_type: str) -> str:
        """Return a new ARN of this account."""
        return f"arn:{self.partition}:ce::{self.account_id}:{resource_type}/{mock_random.uuid4()}"


class CostExplorerResponse(responses.CostExplorerResponse):
    """Cost Explorer operations that moto lacks."""

    original: ClassVar[type[responses.CostExplorerResponse]]

    def update_cost_allocation_tags_status(self) -> str:
        """Activate or deactivate tag keys.

        Accepts every key, as if the account's bill had contained it.
        """
        for status in self.request_body()["CostAllocationTagsStatus"]:
            date = utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
            tag = {**status, "Type": "UserDefined", "LastUpdatedDate": date}
            self.patched_backend().allocation_tags[status["TagKey"]] = tag
        return json.dumps({"Errors": []})

    def list_cost_allocation_tags(self) -> str:
        """Return cost allocation tags, filtered by key and status."""
        keys, status = self.request_body().get("TagKeys"), self.request_body().get("Status")
        tags = [
            tag
            for key, tag in self.patched_backend().allocation_tags.items()
            if (not keys or key in keys) and status in (None, tag["Status"])
        ]
        return json.dumps({"CostAllocationTags": tags})

    def list_cost_category_definitions(self) -> str:
        """Return all cost categories."""
        references = [
            {"CostCategoryArn": category.arn, "Name": category.name, "EffectiveStart": category.effective_start}
            for category in self.ce_backend.cost_categories.values()
        ]
        return json.dumps({"CostCategoryReferences": references})

    def create_anomaly_monitor(self) -> str:
        """Create an anomaly monitor."""
        arn = self.patched_backend().create_anomaly_monitor(self.request_body()["AnomalyMonitor"], self.resource_tags())
        return json.dumps({"MonitorArn": arn})

    def get_anomaly_monitors(self) -> str:
        """Return the requested anomaly monitors, by default all."""
        backend = self.patched_backend()
        arns = self.request_body().get("MonitorArnList") or list(backend.anomaly_monitors)
        return json.dumps({"AnomalyMonitors": [backend.get_anomaly_monitor(arn) for arn in arns]})

    def update_anomaly_monitor(self) -> str:
        """Change an anomaly monitor."""
        changes = self.request_body()
        self.patched_backend().get_anomaly_monitor(changes["MonitorArn"]).update(changes)
        return json.dumps({"MonitorArn": changes["MonitorArn"]})

    def delete_anomaly_monitor(self) -> str:
        """Delete an anomaly monitor."""
        arn = self.patched_backend().get_anomaly_monitor(self.request_body()["MonitorArn"])["MonitorArn"]
        del self.patched_backend().anomaly_monitors[arn]
        return "{}"

    def create_anomaly_subscription(self) -> str:
        """Create an anomaly subscription."""
        subscription = self.request_body()["AnomalySubscription"]
        arn = self.patched_backend().create_anomaly_subscription(subscription, self.resource_tags())
        return json.dumps({"SubscriptionArn": arn})

    def get_anomaly_subscriptions(self) -> str:
        """Return the requested anomaly subscriptions, by default all."""
        backend = self.patched_backend()
        arns = self.request_body().get("SubscriptionArnList") or list(backend.anomaly_subscriptions)
        return json.dumps({"AnomalySubscriptions": [_confirmed(backend.get_anomaly_subscription(arn)) for arn in arns]})

    def update_anomaly_subscription(self) -> str:
        """Change an anomaly subscription."""
        changes = self.request_body()
        subscription = self.patched_backend().get_anomaly_subscription(changes["SubscriptionArn"])
        self.patched_backend().check_subscription(subscription | changes)
        subscription.update(changes)
        return json.dumps({"SubscriptionArn": changes["SubscriptionArn"]})

    def delete_anomaly_subscription(self) -> str:
        """Delete an anomaly subscription."""
        subscription = self.patched_backend().get_anomaly_subscription(self.request_body()["SubscriptionArn"])
        del self.patched_backend().anomaly_subscriptions[subscription["SubscriptionArn"]]
        return "{}"

    def patched_backend(self) -> CostExplorerBackend:
        """Return the backend, cast to the patched class."""
        return cast("CostExplorerBackend", self.ce_backend)

    def request_body(self) -> dict[str, Any]:
        """Return the body of the request."""
        return cast("dict[str, Any]", json.loads(self.body))

    def resource_tags(self) -> list[dict[str, str]]:
        """Return the tags in the request."""
        return self.request_body().get("ResourceTags") or []


def _confirmed(subscription: Mapping[str, Any]) -> dict[str, Any]:
    subscribers = [subscriber | {"Status": "CONFIRMED"} for subscriber in subscription["Subscribers"]]
    return {**subscription, "Subscribers": subscribers}


def install(patches: Patches) -> None:
    """Patch moto's Cost Explorer."""
    patches.install(CostExplorerBackend)
    patches.install(CostExplorerResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="ce-allocation-tags",
        moto="lacks cost allocation tags",
        aws="activates and lists tag keys that the account's bill has contained (the patch accepts every key)",
        source="Cost Explorer UpdateCostAllocationTagsStatus, ListCostAllocationTags",
        upstream="to file: CE: Support UpdateCostAllocationTagsStatus and ListCostAllocationTags",
    ),
    MotoPatch(
        name="ce-categories",
        moto="can't list cost categories",
        aws="lists cost categories",
        source="Cost Explorer ListCostCategoryDefinitions",
        upstream="to file: CE: Support ListCostCategoryDefinitions",
    ),
    MotoPatch(
        name="ce-anomaly-monitors",
        moto="lacks anomaly monitors",
        aws="manages anomaly monitors, at most one of which monitors AWS services",
        source="Cost Explorer CreateAnomalyMonitor, GetAnomalyMonitors, UpdateAnomalyMonitor, DeleteAnomalyMonitor",
        upstream="to file: CE: Support anomaly monitors",
    ),
    MotoPatch(
        name="ce-anomaly-subscriptions",
        moto="lacks anomaly subscriptions",
        aws="manages subscriptions to existing monitors; sends immediate alerts to SNS and digests to e-mail",
        source="Cost Explorer CreateAnomalySubscription, AnomalySubscription",
        upstream="to file: CE: Support anomaly subscriptions",
        operations=("GetAnomalySubscriptions", "UpdateAnomalySubscription", "DeleteAnomalySubscription"),
    ),
)
