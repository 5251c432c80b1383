"""Cost allocation tags and cost categories for chargeback."""

from dataclasses import dataclass

from pulumi import ResourceOptions
from pulumi_aws import costexplorer

from components.base import ComponentArgs, PlatformComponent

CATEGORIES = ("team", "environment", "feature")
"""Tags that the requirements name for chargeback."""
RULE_VERSION = "CostCategoryExpression.v1"


@dataclass(frozen=True, kw_only=True)
class AllocationArgs(ComponentArgs):
    """Arguments of the cost allocation."""

    activate_tags: bool
    """True to activate the cost allocation tags.

    Leave it False on an account's first day, because AWS rejects a tag key that billing has not seen yet.
    """


class Allocation(PlatformComponent):
    """Cost allocation tags, and one cost category per chargeback tag.

    Both require the paying account: a standalone account or an organisation's management account.
    """

    def __init__(self, name: str, args: AllocationArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:cost:Allocation", name, args.context, opts)
        for key in args.context.tags.as_dict() if args.activate_tags else ():
            costexplorer.CostAllocationTag(key, tag_key=key, status="Active", opts=self.child_options())
        for tag in CATEGORIES:
            costexplorer.CostCategory(
                tag,
                name=args.context.resource_name(tag),
                rule_version=RULE_VERSION,
                default_value="untagged",
                rules=[
                    costexplorer.CostCategoryRuleArgs(
                        type="INHERITED_VALUE",
                        inherited_value=costexplorer.CostCategoryRuleInheritedValueArgs(
                            dimension_name="TAG", dimension_key=tag
                        ),
                    )
                ],
                **self.global_child(f"{tag}-category"),
            )
        self.register_outputs({})
