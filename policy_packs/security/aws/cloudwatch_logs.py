"""CloudWatch log groups."""

from policy_packs.kernel.context import Context, Tightening, per_environment
from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.property_rules import presence_rule

LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"

encrypted_logs = presence_rule(
    "logs-must-be-encrypted",
    on=LOG_GROUP,
    path="kmsKeyId",
    covers=["CKV_AWS_158"],
    rationale="Logs contain names and addresses, so they need a customer-managed key.",
    fix="Set kms_key_id to the environment's log key.",
)


@rule(
    "logs-must-be-kept",
    on=LOG_GROUP,
    covers=["CKV_AWS_66", "CKV_AWS_338"],
    severity=Severity.MEDIUM,
    settings={
        "minimumDays": per_environment(
            "Minimum days to keep logs", dev=30, staging=30, preprod=365, prod=365, tightening=Tightening.HIGHER
        )
    },
)
def retention(group: Resource, context: Context) -> Findings:
    """Intrusions are often discovered only after months. Logs that never expire cost money and expose personal data."""
    days, least = group.number("retentionInDays") or 0, context.floor("minimumDays")
    if not days:
        yield f"Events are kept for ever. Set retention_in_days to {least:.0f} or more."
    elif days < least:
        yield f"Events are kept for {days:.0f} days. Set retention_in_days to {least:.0f} or more."
