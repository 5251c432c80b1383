"""AWS Budgets: budgets and their notifications."""

import datetime as dt
from typing import Any

from rehearsal.providers.aws.calls import Args, AwsError, input_shape
from rehearsal.providers.aws.context import OperationContext, by_arn
from rehearsal.providers.aws.mapping import members, to_aws
from rehearsal.providers.aws.table import (
    ApiCall,
    AutoName,
    CustomUpdate,
    EmulatedType,
    OutputFunction,
    from_context,
    from_response,
)
from rehearsal.providers.aws.tags import TagOperations
from rehearsal.providers.values import Properties

_TIME_FORMAT = "%Y-%m-%d_%H:%M"
"""The SDK's format of a budget's start and end, in UTC."""


def _parse_time(text: str | None) -> dt.datetime | None:
    return dt.datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=dt.UTC) if text else None


def _budget(context: OperationContext) -> Args:
    """Build AWS's budget structure."""
    inputs = context.inputs
    shape = members(input_shape("budgets", "create_budget"))["Budget"]
    mapped = ("autoAdjustData", "billingViewArn", "budgetType", "costTypes", "filterExpression", "metrics", "timeUnit")
    budget: Args = to_aws(shape, {name: inputs[name] for name in mapped if inputs.get(name)}, {})
    budget["BudgetName"] = inputs["name"]
    if inputs.get("limitAmount"):
        budget["BudgetLimit"] = {"Amount": inputs["limitAmount"], "Unit": inputs.get("limitUnit")}
    if inputs.get("costFilters"):
        budget["CostFilters"] = {entry["name"]: entry["values"] for entry in inputs["costFilters"]}
    if inputs.get("plannedLimits"):
        budget["PlannedBudgetLimits"] = {
            _epoch(limit["startTime"]): {"Amount": limit["amount"], "Unit": limit["unit"]}
            for limit in inputs["plannedLimits"]
        }
    period = {"Start": _parse_time(inputs.get("timePeriodStart")), "End": _parse_time(inputs.get("timePeriodEnd"))}
    if any(period.values()):
        budget["TimePeriod"] = {name: value for name, value in period.items() if value}
    return budget


def _epoch(text: str) -> str:
    time = _parse_time(text)
    return str(int(time.timestamp())) if time else ""


def _notification(inputs: Properties) -> Args:
    names = ("notificationType", "comparisonOperator", "threshold", "thresholdType")
    return {name[0].upper() + name[1:]: inputs[name] for name in names}


def _subscribers(inputs: Properties) -> list[Args]:
    emails = [{"SubscriptionType": "EMAIL", "Address": email} for email in inputs.get("subscriberEmailAddresses") or []]
    topics = [{"SubscriptionType": "SNS", "Address": arn} for arn in inputs.get("subscriberSnsTopicArns") or []]
    return [*emails, *topics]


def _account_id(context: OperationContext) -> str:
    return str(context.get("accountId") or context.account)


def _create_budget(context: OperationContext) -> Args:
    return {
        "AccountId": _account_id(context),
        "Budget": _budget(context),
        "NotificationsWithSubscribers": [
            {"Notification": _notification(notification), "Subscribers": _subscribers(notification)}
            for notification in context.inputs.get("notifications") or []
        ],
    }


def _change_notifications(context: OperationContext) -> None:
    """Delete notifications that changed or were removed, and create the new ones."""
    old, new = context.old_inputs.get("notifications") or [], context.inputs.get("notifications") or []
    budget = {"AccountId": _account_id(context), "BudgetName": context.get("name")}
    for notification in [notification for notification in old if notification not in new]:
        context.call("delete_notification", {**budget, "Notification": _notification(notification)})
    for notification in [notification for notification in new if notification not in old]:
        wanted = {"Notification": _notification(notification), "Subscribers": _subscribers(notification)}
        context.call("create_notification", {**budget, **wanted})


def _read_notifications(context: OperationContext) -> list[Properties]:
    budget = {"AccountId": _account_id(context), "BudgetName": context.get("name")}
    notifications = []
    for notification in context.call("describe_notifications_for_budget", budget, pages=True).get("Notifications", []):
        outputs = {
            name[0].lower() + name[1:]: value for name, value in notification.items() if name != "NotificationState"
        }
        described = {name: value for name, value in notification.items() if name != "NotificationState"}
        notifications.append(
            {"thresholdType": "PERCENTAGE", **outputs, **_read_subscribers(context, budget, described)}
        )
    return notifications


def _read_subscribers(context: OperationContext, budget: Args, notification: Args) -> Properties:
    args = {**budget, "Notification": notification}
    try:
        subscribers = context.call("describe_subscribers_for_notification", args, pages=True)["Subscribers"]
    except AwsError as error:
        if not error.is_missing:
            raise
        subscribers = []
    types = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
    addresses = {
        name: [subscriber["Address"] for subscriber in subscribers if subscriber["SubscriptionType"] == subscriber_type]
        for name, subscriber_type in types.items()
    }
    return {name: values for name, values in addresses.items() if values}


def _limit_amount(context: OperationContext, item: Any) -> str | None:
    """Return the limit of the budget.

    If it equals the program's limit, the program's notation is kept, e.g. `100` for 100.0.
    """
    live: str | None = item.get("BudgetLimit", {}).get("Amount")
    written = context.get("limitAmount")
    same = live is not None and written is not None and float(live) == float(written)
    return str(written) if same else live


def _cost_filters(item: Any) -> list[Properties] | None:
    return [{"name": name, "values": values} for name, values in (item.get("CostFilters") or {}).items()] or None


def _time_output(end: str) -> OutputFunction:
    def read(item: Any) -> str | None:
        moment = (item.get("TimePeriod") or {}).get(end)
        return moment.astimezone(dt.UTC).strftime(_TIME_FORMAT) if isinstance(moment, dt.datetime) else None

    return from_response(read)


_BUDGET_INPUTS = (
    "autoAdjustData", "billingViewArn", "budgetType", "costFilters", "costTypes", "filterExpression", "limitAmount",
    "limitUnit", "metrics", "plannedLimits", "timePeriodEnd", "timePeriodStart", "timeUnit",
)  # fmt: skip


def _update_budget(context: OperationContext) -> None:
    context.call("update_budget", {"AccountId": _account_id(context), "NewBudget": _budget(context)})


TYPES = (
    EmulatedType(
        tokens=("aws:budgets/budget:Budget",),
        service="budgets",
        id="{account}:{name}",
        create=ApiCall(
            "create_budget", args=_create_budget, covers_inputs=(*_BUDGET_INPUTS, "accountId", "name", "notifications")
        ),
        read=ApiCall(
            "describe_budget",
            args=lambda context: {"AccountId": _account_id(context), "BudgetName": context.get("name")},
        ),
        update=[
            CustomUpdate(inputs=_BUDGET_INPUTS, run=_update_budget, on_create=False),
            CustomUpdate(inputs=("notifications",), run=_change_notifications, on_create=False),
        ],
        delete=ApiCall(
            "delete_budget", args=lambda context: {"AccountId": _account_id(context), "BudgetName": context.get("name")}
        ),
        names={"name": "BudgetName"},
        autoname=AutoName(max_length=100),
        arn="arn:{partition}:budgets::{account}:budget/{name}",
        outputs={
            "accountId": from_context(_account_id),
            "limitAmount": _limit_amount,
            "limitUnit": "BudgetLimit.Unit",
            "costFilters": from_response(_cost_filters),
            "notifications": from_context(_read_notifications),
            "timePeriodStart": _time_output("Start"),
            "timePeriodEnd": _time_output("End"),
        },
        tagging=TagOperations(
            "tag_resource",
            "untag_resource",
            by_arn("ResourceARN"),
            list="list_tags_for_resource",
        ),
    ),
)
