"""Budgets: updates, tags and subscribers."""

import json
from collections.abc import Iterator, Sequence
from typing import ClassVar, cast

from moto.budgets import models, responses
from moto.budgets.exceptions import NotFoundException
from moto.core.utils import unix_time
from typing_extensions import override

from rehearsal.cloud.moto_patches.moto_patch import MotoPatch
from rehearsal.cloud.patches import Patches


class Budget(models.Budget):
    """Budget with tags."""

    original: ClassVar[type[models.Budget]]

    resource_tags: Sequence[dict[str, str]] = ()


class BudgetsResponse(responses.BudgetsResponse):
    """Operations on budgets, their tags and their subscribers."""

    original: ClassVar[type[responses.BudgetsResponse]]

    @override
    def create_budget(self) -> str:
        answer = BudgetsResponse.original.create_budget(self)
        budget = self.find_budget(self._get_param("Budget")["BudgetName"])
        budget.resource_tags = tuple(self._get_param("ResourceTags") or ())
        return answer

    def update_budget(self) -> str:
        """Replace the definition of a budget and keep its notifications."""
        definition = self._get_param("NewBudget")
        budget = self.find_budget(definition["BudgetName"])
        period = {"TimePeriod": budget.budget["TimePeriod"]}
        budget.budget = period | definition | {"LastUpdatedTime": unix_time()}
        return "{}"

    def tag_resource(self) -> str:
        """Add or replace tags."""
        budget, new = self.find_budget_by_arn(), self._get_param("ResourceTags")
        keys = {tag["Key"] for tag in new}
        budget.resource_tags = (*(tag for tag in budget.resource_tags if tag["Key"] not in keys), *new)
        return "{}"

    def untag_resource(self) -> str:
        """Remove tags."""
        budget, keys = self.find_budget_by_arn(), set(self._get_param("ResourceTagKeys"))
        budget.resource_tags = tuple(tag for tag in budget.resource_tags if tag["Key"] not in keys)
        return "{}"

    def list_tags_for_resource(self) -> str:
        """Return the tags of a budget."""
        return json.dumps({"ResourceTags": self.find_budget_by_arn().resource_tags})

    def describe_subscribers_for_notification(self) -> str:
        """Return the subscribers of a notification."""
        budget, details = self.find_budget(self._get_param("BudgetName")), self._get_param("Notification")
        for notification in budget.notifications:
            if notification.details == details:
                return json.dumps({"Subscribers": notification.subscribers})
        raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")

    def all_budgets(self) -> Iterator[tuple[str, str, Budget]]:
        """Yield the account, name and budget of every budget."""
        for account, budgets in list(self.backend.budgets.items()):
            for name, budget in list(budgets.items()):
                yield account, name, cast("Budget", budget)

    def find_budget(self, name: str) -> Budget:
        """Return a budget by name, in the account that the request names."""
        for account, existing_name, budget in self.all_budgets():
            if (account, existing_name) == (self._get_param("AccountId"), name):
                return budget
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")

    def find_budget_by_arn(self) -> Budget:
        """Return the budget with the request's ARN."""
        arn = self._get_param("ResourceARN")
        for account, name, budget in self.all_budgets():
            if arn == f"arn:aws:budgets::{account}:budget/{name}":
                return budget
        raise NotFoundException(f"Unable to find the resource {arn}.")


def install(patches: Patches) -> None:
    """Patch moto's Budgets."""
    patches.install(Budget)
    patches.install(BudgetsResponse)


MOTO_PATCHES = (
    MotoPatch(
        name="budgets-update",
        moto="can't update a budget",
        aws="replaces the definition of the budget",
        source="Budgets UpdateBudget",
        upstream="to file: Budgets: Support UpdateBudget",
    ),
    MotoPatch(
        name="budgets-tags",
        moto="lacks tags of budgets",
        aws="stores tags of budgets",
        source="Budgets TagResource, UntagResource, ListTagsForResource",
        upstream="to file: Budgets: Support TagResource, UntagResource and ListTagsForResource",
    ),
    MotoPatch(
        name="budgets-subscribers",
        moto="can't list the subscribers of a notification",
        aws="lists the subscribers",
        source="Budgets DescribeSubscribersForNotification",
        upstream="to file: Budgets: Support DescribeSubscribersForNotification",
    ),
)
