"""AWS WAF web ACL of one region."""

from pulumi import ResourceOptions
from pulumi_aws import cloudwatch, wafv2

from components.base import PlatformComponent
from components.edge.args import WebFirewallArgs
from components.edge.plan import (
    LOGGED_ACTIONS,
    MANAGED_RULE_GROUPS,
    RATE_WINDOW_SECONDS,
    REDACTED_HEADERS,
    ManagedRuleGroup,
    firewall_log_group,
)

NONE: wafv2.WebAclRuleOverrideActionNoneArgs = wafv2.WebAclRuleOverrideActionNoneArgs()  # type: ignore[no-untyped-call]  # untyped in the SDK


class WebFirewall(PlatformComponent):
    """Web ACL with a rate limit and AWS managed rule groups.

    Requests that no rule blocks are allowed. Outputs: arn.
    """

    def __init__(self, name: str, args: WebFirewallArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("campus:edge:WebFirewall", name, args.context, opts)
        acl_name = args.context.resource_name(args.role)
        acl = wafv2.WebAcl(
            name,
            name=acl_name,
            description=f"What may reach the services of {args.context.environment}",
            scope="REGIONAL",
            default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
            rules=[
                self._rate(args.requests_per_five_minutes),
                *(self._managed(priority, rules) for priority, rules in enumerate(MANAGED_RULE_GROUPS, start=1)),
            ],
            visibility_config=wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, metric_name=acl_name, sampled_requests_enabled=True
            ),
            **self.child(args.role),
        )
        logs = cloudwatch.LogGroup(
            name,
            name=firewall_log_group(acl_name),
            kms_key_id=args.logs_key,
            retention_in_days=args.log_retention_days,
            **self.child(f"{args.role}-firewall"),
        )
        wafv2.WebAclLoggingConfiguration(
            name,
            resource_arn=acl.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[_redacted(header) for header in REDACTED_HEADERS],
            logging_filter=_blocked_and_counted_only(),
            **self.untagged(),
        )
        self.arn = acl.arn
        self.register_outputs({"arn": self.arn})

    def _rate(self, limit: int) -> wafv2.WebAclRuleArgs:
        return wafv2.WebAclRuleArgs(
            name="requests-per-address",
            priority=0,
            action=wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs()),
            statement=wafv2.WebAclRuleStatementArgs(
                rate_based_statement=wafv2.WebAclRuleStatementRateBasedStatementArgs(
                    limit=limit, aggregate_key_type="IP", evaluation_window_sec=RATE_WINDOW_SECONDS
                )
            ),
            visibility_config=_visible("requests-per-address"),
        )

    def _managed(self, priority: int, rules: ManagedRuleGroup) -> wafv2.WebAclRuleArgs:
        counted = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
            count=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
        )
        group = wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
            vendor_name="AWS",
            name=rules.name,
            rule_action_overrides=[
                wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
                    name=rule, action_to_use=counted
                )
                for rule in rules.counted
            ],
        )
        return wafv2.WebAclRuleArgs(
            name=rules.name,
            priority=priority,
            override_action=wafv2.WebAclRuleOverrideActionArgs(none=NONE),
            statement=wafv2.WebAclRuleStatementArgs(managed_rule_group_statement=group),
            visibility_config=_visible(rules.name),
        )


def _visible(name: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
    return wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )


def _redacted(header: str) -> wafv2.WebAclLoggingConfigurationRedactedFieldArgs:
    return wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
        single_header=wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
    )


def _blocked_and_counted_only() -> wafv2.WebAclLoggingConfigurationLoggingFilterArgs:
    conditions = [
        wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionArgs(
            action_condition=wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionActionConditionArgs(
                action=action
            )
        )
        for action in LOGGED_ACTIONS
    ]
    keep_filter = wafv2.WebAclLoggingConfigurationLoggingFilterFilterArgs(
        behavior="KEEP", requirement="MEETS_ANY", conditions=conditions
    )
    return wafv2.WebAclLoggingConfigurationLoggingFilterArgs(default_behavior="DROP", filters=[keep_filter])
