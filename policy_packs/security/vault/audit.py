"""Vault audit devices."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

AUDIT = "vault:index/audit:Audit"


@stack_rule("vault-must-have-audit-device", covers=["Vault audit device present"], severity=Severity.CRITICAL)
def audit_device(stack: Stack) -> StackFindings:
    """Who read which secret is asked after every incident; without an audit device nobody knows."""
    logged = {audit.provider.urn if audit.provider else "" for audit in stack.of_type(AUDIT)}
    for resource in stack.resources:
        if resource.type.startswith("vault:"):
            provider = resource.provider.urn if resource.provider else ""
            if provider not in logged:
                logged.add(provider)
                yield resource, "the Vault that this is in has no audit device; add an Audit with the same provider"


@rule("vault-audit-must-not-log-secrets", on=AUDIT, severity=Severity.CRITICAL)
def raw_log(audit: Resource) -> Findings:
    """A log of secrets is a second Vault without a lock."""
    if (audit.text("options.log_raw") or "false") != "false":
        yield "log_raw is on, which writes secrets as they are; remove it"
    if audit.text("options.hmac_accessor") == "false":
        yield "hmac_accessor is off, which writes what revokes tokens as it is; remove it"
