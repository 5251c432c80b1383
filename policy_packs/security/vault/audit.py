"""Vault audit devices."""

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource

AUDIT = "vault:index/audit:Audit"


@stack_rule("vault-must-have-audit-device", covers=["Vault audit device present"], severity=Severity.CRITICAL)
def audit_device(stack: Stack) -> StackFindings:
    """Without an audit device, nobody knows who read which secret."""
    audited = {audit.provider.urn if audit.provider else "" for audit in stack.of_type(AUDIT)}
    for resource in stack.resources:
        if resource.type.startswith("vault:"):
            provider = resource.provider.urn if resource.provider else ""
            if provider not in audited:
                audited.add(provider)
                yield resource, "The Vault of this resource has no audit device. Add an Audit with the same provider."


@rule("vault-audit-must-not-log-secrets", on=AUDIT, severity=Severity.CRITICAL)
def raw_log(audit: Resource) -> Findings:
    """An audit log with secrets in clear text is an unprotected copy of those secrets."""
    if (audit.text("options.log_raw") or "false") != "false":
        yield "log_raw is on, so secrets are logged in clear text. Remove log_raw from the options."
    if audit.text("options.hmac_accessor") == "false":
        yield "hmac_accessor is off, so the log shows accessors that can revoke tokens. Remove hmac_accessor."
