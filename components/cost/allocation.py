"""By what costs are told apart: the tags AWS's billing reads, and categories for chargeback."""

from dataclasses import dataclass

from pulumi import ResourceOptions
from pulumi_aws import costexplorer

from components.base import ComponentArgs, PlatformComponent

CATEGORIES = ("team", "environment", "feature")
"""Tags that the document wants costs charged by."""
RULE_VERSION = "CostCategoryExpression.v1"


@dataclass(frozen=True, kw_only=True)
class AllocationArgs(ComponentArgs):
    """What of it is wanted."""

    activate_tags: bool
    """False for the first day of an account: AWS refuses a tag key that its billing has not met yet."""


class Allocation(PlatformComponent):
    """The seven tags as cost allocation tags, and a cost category that takes each value of the tags for chargeback.

    Needs the account that pays: one of its own, or an organisation's management account.
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
