"""Cost Explorer: cost allocation tags, anomaly monitors and their subscriptions, and a list of cost categories."""

import json
from typing import Any

from moto.ce.models import CostExplorerBackend
from moto.ce.responses import CostExplorerResponse
from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches

MAIL, TOPIC = "EMAIL", "SNS"
CHANNEL = {"IMMEDIATE": TOPIC, "DAILY": MAIL, "WEEKLY": MAIL}
"""The kind of subscriber that a frequency goes to."""


def allocation_tags(patches: Patches) -> None:
    """Add UpdateCostAllocationTagsStatus and ListCostAllocationTags; every key counts as seen in the bill."""
    _keep(patches, "allocation_tags")

    def update_cost_allocation_tags_status(self: Any) -> str:
        for wanted in _asked(self)["CostAllocationTagsStatus"]:
            known = {"Type": "UserDefined", "LastUpdatedDate": utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")}
            self.ce_backend.allocation_tags[wanted["TagKey"]] = wanted | known
        return json.dumps({"Errors": []})

    def list_cost_allocation_tags(self: Any) -> str:
        asked = _asked(self)
        keys, status = asked.get("TagKeys"), asked.get("Status")
        found = [
            tag
            for key, tag in self.ce_backend.allocation_tags.items()
            if (not keys or key in keys) and status in (None, tag["Status"])
        ]
        return json.dumps({"CostAllocationTags": found})

    patches.extend(CostExplorerResponse, update_cost_allocation_tags_status, list_cost_allocation_tags)


def categories(patches: Patches) -> None:
    """Add ListCostCategoryDefinitions."""

    def list_cost_category_definitions(self: Any) -> str:
        known = self.ce_backend.cost_categories.values()
        shown = [{"CostCategoryArn": one.arn, "Name": one.name, "EffectiveStart": one.effective_start} for one in known]
        return json.dumps({"CostCategoryReferences": shown})

    patches.add(CostExplorerResponse, "list_cost_category_definitions", list_cost_category_definitions)


def anomaly_monitors(patches: Patches) -> None:
    """Add anomaly monitors; there is one over AWS services at most."""
    _keep(patches, "anomaly_monitors")

    def create_anomaly_monitor(self: Any) -> str:
        wanted = _asked(self)["AnomalyMonitor"]
        known = self.ce_backend.anomaly_monitors
        if wanted["MonitorType"] == "DIMENSIONAL" and wanted["MonitorDimension"] in {
            one.get("MonitorDimension") for one in known.values()
        }:
            raise JsonRESTError("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")
        arn = _arn(self, "anomalymonitor")
        today = utcnow().strftime("%Y-%m-%d")
        known[arn] = wanted | {"MonitorArn": arn, "CreationDate": today, "LastUpdatedDate": today}
        _tag(self, arn)
        return json.dumps({"MonitorArn": arn})

    def get_anomaly_monitors(self: Any) -> str:
        wanted = _asked(self).get("MonitorArnList")
        return json.dumps({"AnomalyMonitors": [_monitor(self, arn) for arn in wanted or _monitors(self)]})

    def update_anomaly_monitor(self: Any) -> str:
        asked = _asked(self)
        _monitor(self, asked["MonitorArn"]).update(asked)
        return json.dumps({"MonitorArn": asked["MonitorArn"]})

    def delete_anomaly_monitor(self: Any) -> str:
        arn = _monitor(self, _asked(self)["MonitorArn"])["MonitorArn"]
        del self.ce_backend.anomaly_monitors[arn]
        return "{}"

    patches.extend(
        CostExplorerResponse,
        create_anomaly_monitor,
        get_anomaly_monitors,
        update_anomaly_monitor,
        delete_anomaly_monitor,
    )


def anomaly_subscriptions(patches: Patches) -> None:
    """Add anomaly subscriptions: of monitors that exist, by e-mail in digests or by SNS at once."""
    _keep(patches, "anomaly_subscriptions")

    def create_anomaly_subscription(self: Any) -> str:
        wanted = _asked(self)["AnomalySubscription"]
        _check_subscription(self, wanted)
        arn = _arn(self, "anomalysubscription")
        known = {"SubscriptionArn": arn, "AccountId": self.current_account}
        self.ce_backend.anomaly_subscriptions[arn] = wanted | known
        _tag(self, arn)
        return json.dumps({"SubscriptionArn": arn})

    def get_anomaly_subscriptions(self: Any) -> str:
        wanted = _asked(self).get("SubscriptionArnList")
        arns = wanted or list(self.ce_backend.anomaly_subscriptions)
        shown = [_subscription(self, arn) for arn in arns]
        confirmed = [
            one | {"Subscribers": [each | {"Status": "CONFIRMED"} for each in one["Subscribers"]]} for one in shown
        ]
        return json.dumps({"AnomalySubscriptions": confirmed})

    def update_anomaly_subscription(self: Any) -> str:
        asked = _asked(self)
        before = _subscription(self, asked["SubscriptionArn"])
        _check_subscription(self, before | asked)
        before.update(asked)
        return json.dumps({"SubscriptionArn": asked["SubscriptionArn"]})

    def delete_anomaly_subscription(self: Any) -> str:
        arn = _subscription(self, _asked(self)["SubscriptionArn"])["SubscriptionArn"]
        del self.ce_backend.anomaly_subscriptions[arn]
        return "{}"

    patches.extend(
        CostExplorerResponse,
        create_anomaly_subscription,
        get_anomaly_subscriptions,
        update_anomaly_subscription,
        delete_anomaly_subscription,
    )


def _keep(patches: Patches, name: str) -> None:
    """Give every backend a dictionary of that name; moto makes backends anew when it forgets everything."""

    def wrapper(original: Any) -> Any:
        def init(self: Any, *args: Any, **named: Any) -> None:
            original(self, *args, **named)
            setattr(self, name, {})

        return init

    patches.wrap(CostExplorerBackend, "__init__", wrapper)


def _asked(response: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.body)
    return body


def _arn(response: Any, kind: str) -> str:
    return f"arn:{response.partition}:ce::{response.current_account}:{kind}/{mock_random.uuid4()}"


def _tag(response: Any, arn: str) -> None:
    response.ce_backend.tag_resource(arn, _asked(response).get("ResourceTags") or [])


def _monitors(response: Any) -> list[str]:
    return list(response.ce_backend.anomaly_monitors)


def _monitor(response: Any, arn: str) -> Any:
    try:
        return response.ce_backend.anomaly_monitors[arn]
    except KeyError:
        raise JsonRESTError("UnknownMonitorException", f"Monitor {arn} not found") from None


def _subscription(response: Any, arn: str) -> Any:
    try:
        return response.ce_backend.anomaly_subscriptions[arn]
    except KeyError:
        raise JsonRESTError("UnknownSubscriptionException", f"Subscription {arn} not found") from None


def _check_subscription(response: Any, wanted: dict[str, Any]) -> None:
    for arn in wanted["MonitorArnList"]:
        _monitor(response, arn)
    channel = CHANNEL[wanted["Frequency"]]
    if any(one["Type"] != channel for one in wanted["Subscribers"]):
        raise JsonRESTError(
            "ValidationException", f"Frequency {wanted['Frequency']} only supports subscribers of type {channel}"
        )


MOTO_PATCHES = (
    MotoPatch(
        "ce-allocation-tags",
        "has no cost allocation tags",
        "activates a tag key that the account's bill has met (here every key counts as met), and lists them",
        "Cost Explorer UpdateCostAllocationTagsStatus, ListCostAllocationTags",
        allocation_tags,
    ),
    MotoPatch(
        "ce-categories",
        "can't list cost categories",
        "lists them",
        "Cost Explorer ListCostCategoryDefinitions",
        categories,
    ),
    MotoPatch(
        "ce-anomaly-monitors",
        "has none",
        "manages anomaly monitors, of which one at most is over AWS services",
        "Cost Explorer CreateAnomalyMonitor, GetAnomalyMonitors, UpdateAnomalyMonitor, DeleteAnomalyMonitor",
        anomaly_monitors,
    ),
    MotoPatch(
        "ce-anomaly-subscriptions",
        "has none",
        "manages subscriptions to monitors that exist: single alerts go to SNS, digests to e-mail",
        "Cost Explorer CreateAnomalySubscription, AnomalySubscription",
        anomaly_subscriptions,
    ),
)
