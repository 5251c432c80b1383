"""Budgets: they can be changed and tagged, and tell who is notified."""

import json
from collections.abc import Iterator
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget
from moto.budgets.responses import BudgetsResponse
from moto.core.utils import unix_time

from rehearsal.cloud.moto_patches.base import MotoPatch
from rehearsal.cloud.patches import Patches


def update(patches: Patches) -> None:
    """Add UpdateBudget: the new definition replaces the old one, notifications stay."""

    def update_budget(self: Any) -> str:
        wanted = self._get_param("NewBudget")
        budget = _budget(self, wanted["BudgetName"])
        period = {"TimePeriod": budget.budget["TimePeriod"]}
        budget.budget = period | wanted | {"LastUpdatedTime": unix_time()}
        return "{}"

    patches.add(BudgetsResponse, "update_budget", update_budget)


def tags(patches: Patches) -> None:
    """Add TagResource, UntagResource and ListTagsForResource, and keep the tags that a new budget is given."""
    patches.add(Budget, "resource_tags", ())

    def wrapper(original: Any) -> Any:
        def create_budget(self: Any) -> Any:
            answer = original(self)
            budget = _budget(self, self._get_param("Budget")["BudgetName"])
            budget.resource_tags = tuple(self._get_param("ResourceTags") or ())
            return answer

        return create_budget

    def tag_resource(self: Any) -> str:
        budget, new = _by_arn(self), self._get_param("ResourceTags")
        keys = {tag["Key"] for tag in new}
        budget.resource_tags = (*(tag for tag in budget.resource_tags if tag["Key"] not in keys), *new)
        return "{}"

    def untag_resource(self: Any) -> str:
        budget, keys = _by_arn(self), set(self._get_param("ResourceTagKeys"))
        budget.resource_tags = tuple(tag for tag in budget.resource_tags if tag["Key"] not in keys)
        return "{}"

    def list_tags_for_resource(self: Any) -> str:
        return json.dumps({"ResourceTags": _by_arn(self).resource_tags})

    patches.wrap(BudgetsResponse, "create_budget", wrapper)
    patches.extend(BudgetsResponse, tag_resource, untag_resource, list_tags_for_resource)


def subscribers(patches: Patches) -> None:
    """Add DescribeSubscribersForNotification."""

    def describe_subscribers_for_notification(self: Any) -> str:
        budget, wanted = _budget(self, self._get_param("BudgetName")), self._get_param("Notification")
        for notification in budget.notifications:
            if notification.details == wanted:
                return json.dumps({"Subscribers": notification.subscribers})
        raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")

    patches.add(BudgetsResponse, "describe_subscribers_for_notification", describe_subscribers_for_notification)


def _all(response: Any) -> Iterator[tuple[str, str, Any]]:
    for account, budgets in list(response.backend.budgets.items()):
        for name, budget in list(budgets.items()):
            yield account, name, budget


def _budget(response: Any, name: str) -> Any:
    for account, known, budget in _all(response):
        if (account, known) == (response._get_param("AccountId"), name):  # noqa: SLF001  # moto's own way
            return budget
    raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")


def _by_arn(response: Any) -> Any:
    arn = response._get_param("ResourceARN")  # noqa: SLF001  # moto's own way
    for account, name, budget in _all(response):
        if arn == f"arn:aws:budgets::{account}:budget/{name}":
            return budget
    raise NotFoundException(f"Unable to find the resource {arn}.")


MOTO_PATCHES = (
    MotoPatch(
        "budgets-update",
        "can't update a budget",
        "replaces its definition",
        "Budgets UpdateBudget",
        update,
    ),
    MotoPatch(
        "budgets-tags",
        "has no tags",
        "tags budgets",
        "Budgets TagResource, UntagResource, ListTagsForResource",
        tags,
    ),
    MotoPatch(
        "budgets-subscribers",
        "can't tell who is notified",
        "lists the subscribers of a notification",
        "Budgets DescribeSubscribersForNotification",
        subscribers,
    ),
)
