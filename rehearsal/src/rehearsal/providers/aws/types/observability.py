"""CloudWatch logs and alarms, and budgets."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rehearsal.providers.aws.calls import Args, AwsError, input_shape
from rehearsal.providers.aws.mapping import element, members, to_aws
from rehearsal.providers.aws.table import Auto, ResourceType, Step, of_item, of_work, op
from rehearsal.providers.aws.tags import TagCalls
from rehearsal.providers.aws.work import Work
from rehearsal.providers.values import Properties


def _retention(work: Work) -> None:
    days = work.new.get("retentionInDays")
    if days:
        work.call("put_retention_policy", {"logGroupName": work.id, "retentionInDays": days})
    elif not work.creating:
        work.call("delete_retention_policy", {"logGroupName": work.id})


def _log_key(work: Work) -> None:
    key = work.new.get("kmsKeyId")
    if key:
        work.call("associate_kms_key", {"logGroupName": work.id, "kmsKeyId": key})
    else:
        work.call("disassociate_kms_key", {"logGroupName": work.id})


def _protect_logs(work: Work) -> None:
    wanted = {"logGroupIdentifier": work.id, "deletionProtectionEnabled": work.new.get("deletionProtectionEnabled")}
    work.call("put_log_group_deletion_protection", wanted)


def _find_log_group(work: Work, answer: Any) -> Any:
    return next((one for one in answer["logGroups"] if one["logGroupName"] == work.id), None)


_METRIC = {"metricName": "MetricName", "namespace": "Namespace", "dimensions": "Dimensions"}


def _metric_queries(work: Work) -> Args:
    """The SDK has a metric and its statistic in one object, AWS in two."""
    queries = work.new.get("metricQueries")
    if not queries:
        return {}
    shape = element(members(input_shape("cloudwatch", "put_metric_alarm"))["Metrics"])
    found = []
    for query in queries:
        wanted = {name: value for name, value in query.items() if name != "metric"}
        if query.get("metric"):
            metric = query["metric"]
            wanted["metricStat"] = {
                "metric": {name: metric[name] for name in _METRIC if metric.get(name)},
                **{name: value for name, value in metric.items() if name not in _METRIC},
            }
        found.append(to_aws(shape, wanted, {}))
    return {"Metrics": found}


def _read_queries(item: Any) -> list[Properties] | None:
    return [_read_query(one) for one in item.get("Metrics", [])] or None


def _read_query(query: Mapping[str, Any]) -> Properties:
    names = {"Id": "id", "Expression": "expression", "Label": "label", "ReturnData": "returnData", "Period": "period"}
    shown = {names[key]: value for key, value in query.items() if key in names and value is not None}
    statistic = query.get("MetricStat")
    if statistic:
        metric = statistic["Metric"]
        shown["metric"] = {
            "metricName": metric.get("MetricName"),
            "namespace": metric.get("Namespace"),
            "dimensions": {one["Name"]: one["Value"] for one in metric.get("Dimensions", [])},
            "period": statistic.get("Period"),
            "stat": statistic.get("Stat"),
            "unit": statistic.get("Unit"),
        }
        shown["metric"] = {name: value for name, value in shown["metric"].items() if value not in (None, {})}
    return shown


_TIME = "%Y-%m-%d_%H:%M"
"""How the SDK writes a budget's times, in UTC."""


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.strptime(text, _TIME).replace(tzinfo=dt.UTC) if text else None


def _budget(work: Work) -> Args:
    """A budget in AWS's form."""
    new = work.new
    shape = members(input_shape("budgets", "create_budget"))["Budget"]
    plain = ("autoAdjustData", "billingViewArn", "budgetType", "costTypes", "filterExpression", "metrics", "timeUnit")
    budget: Args = to_aws(shape, {name: new[name] for name in plain if new.get(name)}, {})
    budget["BudgetName"] = new["name"]
    if new.get("limitAmount"):
        budget["BudgetLimit"] = {"Amount": new["limitAmount"], "Unit": new.get("limitUnit")}
    if new.get("costFilters"):
        budget["CostFilters"] = {one["name"]: one["values"] for one in new["costFilters"]}
    if new.get("plannedLimits"):
        budget["PlannedBudgetLimits"] = {
            _epoch(one["startTime"]): {"Amount": one["amount"], "Unit": one["unit"]} for one in new["plannedLimits"]
        }
    period = {"Start": _moment(new.get("timePeriodStart")), "End": _moment(new.get("timePeriodEnd"))}
    if any(period.values()):
        budget["TimePeriod"] = {name: value for name, value in period.items() if value}
    return budget


def _epoch(text: str) -> str:
    moment = _moment(text)
    return str(int(moment.timestamp())) if moment else ""


def _notification(one: Properties) -> Args:
    names = ("notificationType", "comparisonOperator", "threshold", "thresholdType")
    return {name[0].upper() + name[1:]: one[name] for name in names}


def _subscribers(one: Properties) -> list[Args]:
    mails = [{"SubscriptionType": "EMAIL", "Address": mail} for mail in one.get("subscriberEmailAddresses") or []]
    topics = [{"SubscriptionType": "SNS", "Address": arn} for arn in one.get("subscriberSnsTopicArns") or []]
    return [*mails, *topics]


def _account(work: Work) -> str:
    return str(work.get("accountId") or work.account)


def _create_budget(work: Work) -> Args:
    return {
        "AccountId": _account(work),
        "Budget": _budget(work),
        "NotificationsWithSubscribers": [
            {"Notification": _notification(one), "Subscribers": _subscribers(one)}
            for one in work.new.get("notifications") or []
        ],
    }


def _notifications(work: Work) -> None:
    """A changed notification is another one."""
    old, new = work.old.get("notifications") or [], work.new.get("notifications") or []
    budget = {"AccountId": _account(work), "BudgetName": work.get("name")}
    for one in [one for one in old if one not in new]:
        work.call("delete_notification", {**budget, "Notification": _notification(one)})
    for one in [one for one in new if one not in old]:
        wanted = {"Notification": _notification(one), "Subscribers": _subscribers(one)}
        work.call("create_notification", {**budget, **wanted})


def _read_notifications(work: Work) -> list[Properties]:
    budget = {"AccountId": _account(work), "BudgetName": work.get("name")}
    found = []
    for one in work.call("describe_notifications_for_budget", budget, pages=True).get("Notifications", []):
        shown = {name[0].lower() + name[1:]: value for name, value in one.items() if name != "NotificationState"}
        described = {name: value for name, value in one.items() if name != "NotificationState"}
        found.append({"thresholdType": "PERCENTAGE", **shown, **_read_subscribers(work, budget, described)})
    return found


def _read_subscribers(work: Work, budget: Args, notification: Args) -> Properties:
    args = {**budget, "Notification": notification}
    try:
        people = work.call("describe_subscribers_for_notification", args, pages=True)["Subscribers"]
    except AwsError as error:
        if not error.is_missing:
            raise
        people = []
    kinds = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}
    found = {
        name: [one["Address"] for one in people if one["SubscriptionType"] == kind] for name, kind in kinds.items()
    }
    return {name: addresses for name, addresses in found.items() if addresses}


def _amount(work: Work, item: Any) -> str | None:
    """The limit as the program wrote it: `100` stays, when AWS shows 100.0."""
    live: str | None = item.get("BudgetLimit", {}).get("Amount")
    written = work.get("limitAmount")
    same = live is not None and written is not None and float(live) == float(written)
    return str(written) if same else live


def _cost_filters(item: Any) -> list[Properties] | None:
    return [{"name": name, "values": values} for name, values in (item.get("CostFilters") or {}).items()] or None


def _time(end: str) -> Any:
    def read(item: Any) -> str | None:
        moment = (item.get("TimePeriod") or {}).get(end)
        return moment.astimezone(dt.UTC).strftime(_TIME) if isinstance(moment, dt.datetime) else None

    return of_item(read)


_BUDGET_INPUTS = (
    "autoAdjustData", "billingViewArn", "budgetType", "costFilters", "costTypes", "filterExpression", "limitAmount",
    "limitUnit", "metrics", "plannedLimits", "timePeriodEnd", "timePeriodStart", "timeUnit",
)  # fmt: skip


def _update_budget(work: Work) -> None:
    work.call("update_budget", {"AccountId": _account(work), "NewBudget": _budget(work)})


TYPES = (
    ResourceType(
        tokens=("aws:cloudwatch/logGroup:LogGroup",),
        service="logs",
        id="{name}",
        key="logGroupName",
        create=op("create_log_group"),
        read=op("describe_log_groups", lambda work: {"logGroupNamePrefix": work.id}),
        item=_find_log_group,
        update=[
            Step(inputs=("retentionInDays",), run=_retention),
            Step(inputs=("kmsKeyId",), run=_log_key, on_create=False),
            Step(inputs=("deletionProtectionEnabled",), run=_protect_logs, on_create=False),
        ],
        delete=op("delete_log_group"),
        names={"name": "logGroupName"},
        auto=Auto(limit=512),
        defaults={"retentionInDays": 0, "skipDestroy": False},
        local=("skipDestroy",),
        outputs={
            "arn": of_item(lambda item: item["arn"].removesuffix(":*")),
            "retentionInDays": of_item(lambda item: item.get("retentionInDays", 0)),
            "kmsKeyId": "kmsKeyId",
        },
        tagging=TagCalls(
            "tag_resource",
            "untag_resource",
            lambda work: {"resourceArn": work.get("arn")},
            list="list_tags_for_resource",
        ),
    ),
    ResourceType(
        tokens=("aws:cloudwatch/metricAlarm:MetricAlarm",),
        service="cloudwatch",
        id="{name}",
        key="AlarmName",
        create=op("put_metric_alarm", beside=_metric_queries, carries=("metricQueries",)),
        read=op("describe_alarms"),
        item="MetricAlarms[0]",
        update=[op("put_metric_alarm", whole=True, beside=_metric_queries, carries=("metricQueries",))],
        delete=op("delete_alarms"),
        names={"name": "AlarmName", "arn": "AlarmArn"},
        auto=Auto(limit=255),
        defaults={"actionsEnabled": True, "treatMissingData": "missing"},
        outputs={"metricQueries": of_item(_read_queries)},
        tagging=TagCalls(
            "tag_resource",
            "untag_resource",
            lambda work: {"ResourceARN": work.get("arn")},
            list="list_tags_for_resource",
        ),
    ),
    ResourceType(
        tokens=("aws:budgets/budget:Budget",),
        service="budgets",
        id="{account}:{name}",
        create=op("create_budget", _create_budget, inputs=(*_BUDGET_INPUTS, "accountId", "name", "notifications")),
        read=op("describe_budget", lambda work: {"AccountId": _account(work), "BudgetName": work.get("name")}),
        update=[
            Step(inputs=_BUDGET_INPUTS, run=_update_budget, on_create=False),
            Step(inputs=("notifications",), run=_notifications, on_create=False),
        ],
        delete=op("delete_budget", lambda work: {"AccountId": _account(work), "BudgetName": work.get("name")}),
        names={"name": "BudgetName"},
        auto=Auto(limit=100),
        arn="arn:{partition}:budgets::{account}:budget/{name}",
        outputs={
            "accountId": of_work(_account),
            "limitAmount": _amount,
            "limitUnit": "BudgetLimit.Unit",
            "costFilters": of_item(_cost_filters),
            "notifications": of_work(_read_notifications),
            "timePeriodStart": _time("Start"),
            "timePeriodEnd": _time("End"),
        },
        tagging=TagCalls(
            "tag_resource",
            "untag_resource",
            lambda work: {"ResourceARN": work.get("arn")},
            list="list_tags_for_resource",
        ),
    ),
)
