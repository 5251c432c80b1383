"""CloudWatch log groups."""

from policy_packs.kernel.context import Context, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.property_rules import presence_rule

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
encrypted_logs = presence_rule(
    "logs-must-be-encrypted",
    on=LOG_GROUP,
    path="kmsKeyId",
    covers=["CKV_AWS_158"],
    why="Logs hold names and addresses: they are encrypted with a customer-managed key.",
    fix="set kms_key_id to the environment's log key",
)


@rule(
    "logs-must-be-kept",
    on=LOG_GROUP,
    covers=["CKV_AWS_66", "CKV_AWS_338"],
    severity=Severity.MEDIUM,
    settings={"minimumDays": per_environment("Fewest days to keep logs", dev=30, staging=30, preprod=365, prod=365)},
)
def retention(group: Resource, context: Context) -> Findings:
    """Intruders are found after months; but what is kept for ever is paid for ever and told to ever more people."""
    days, least = group.number("retentionInDays") or 0, context.floor("minimumDays")
    if not days:
        yield f"keeps its events for ever; set retention_in_days to {least:.0f} or more"
    elif days < least:
        yield f"keeps its events for {days:.0f} days; set retention_in_days to {least:.0f} or more"
