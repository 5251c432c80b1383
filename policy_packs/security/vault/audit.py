"""Vault audit devices: what they record, where, and what they hash."""

import re
from collections.abc import Mapping

from policy_packs.kernel.registry import Findings, Severity, Stack, StackFindings, rule, stack_rule
from policy_packs.kernel.resource import Resource
from policy_packs.security.vault.secrets_engines import ENGINES

AUDIT = "vault:index/audit:Audit"
_COMMON: Mapping[str, re.Pattern[str]] = {
    "format": re.compile("jsonx?"),
    # Another rule judges these two.
    "hmac_accessor": re.compile(".*"),
    "log_raw": re.compile(".*"),
    "prefix": re.compile(".*"),
}
OPTIONS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "file": {
        **_COMMON,
        # Vault drops every entry for `discard`, and the system does for /dev/null. Logs elsewhere here do not last.
        "file_path": re.compile(r"stdout|(?!/(dev|proc|run|sys|tmp)(/|$))(/[\w.-]*\w[\w.-]*)+"),
        "mode": re.compile("0?[46][04]0"),
    },
    "syslog": {**_COMMON, "facility": re.compile(r"\w+"), "tag": re.compile(r"[\w.-]+")},
}
"""Reviewed options by type of device, with the values that pass.

Options such as `filter`, `exclude`, `fallback` and `elide_list_responses` leave parts out of the log. A device of type
`socket` sends the log without TLS. Source: Vault documentation, "Audit devices".
"""
REQUIRED: Mapping[str, str] = {"file": "file_path"}
"""Option that names the target of a device."""
TRUE, FALSE = frozenset({"1", "t", "true"}), frozenset({"0", "f", "false"})
"""Notations of a switch in lower case, as Go's `strconv.ParseBool` reads them."""
AUTH_METHODS = (
    "vault:gcp/authBackend:AuthBackend",
    "vault:github/authBackend:AuthBackend",
    "vault:index/authBackend:AuthBackend",
    "vault:jwt/authBackend:AuthBackend",
    "vault:ldap/authBackend:AuthBackend",
    "vault:okta/authBackend:AuthBackend",
    "vault:saml/authBackend:AuthBackend",
)
"""Types that mount an auth method."""
PLAIN_KEYS = ("auditNonHmacRequestKeys", "auditNonHmacResponseKeys")


@stack_rule("vault-must-have-audit-device", covers=["Vault audit device present"], severity=Severity.CRITICAL)
def audit_device(stack: Stack) -> StackFindings:
    """Without an audit device that records every request, nobody knows who read which secret."""
    devices = [audit for audit in stack.of_type(AUDIT) if not any(_gaps(audit))]
    audited = {audit.provider.urn if audit.provider else "" for audit in devices}
    for resource in stack.resources:
        if resource.type.startswith("vault:"):
            provider = resource.provider.urn if resource.provider else ""
            if provider not in audited:
                audited.add(provider)
                yield (
                    resource,
                    (
                        "The Vault of this resource has no audit device that records every request. Add an Audit with "
                        "the same provider."
                    ),
                )


@rule("vault-audit-must-record-every-request", on=AUDIT, severity=Severity.CRITICAL)
def every_request(audit: Resource) -> Findings:
    """A device that drops or filters entries looks like an audit log, but requests to secrets are missing from it."""
    yield from _gaps(audit)


@rule("vault-audit-must-not-log-secrets", on=AUDIT, severity=Severity.CRITICAL)
def raw_log(audit: Resource) -> Findings:
    """An audit log with secrets in clear text is an unprotected copy of those secrets."""
    if (audit.text("options.log_raw") or "false").lower() not in FALSE:
        yield "log_raw is on, so secrets are logged in clear text. Remove log_raw from the options."
    if (audit.text("options.hmac_accessor") or "true").lower() not in TRUE:
        yield "hmac_accessor is off, so the log shows accessors that can revoke tokens. Remove hmac_accessor."


@rule("vault-audit-must-hash-every-value", on=(*ENGINES, *AUTH_METHODS), severity=Severity.CRITICAL)
def hashed_values(mount: Resource) -> Findings:
    """A value that a mount leaves unhashed is in every audit log in clear text.

    No key is accepted, because an engine or its users may give a secret the same name in another request.
    """
    for key in PLAIN_KEYS:
        path = key if mount.type in ENGINES else f"tune.{key}"
        if mount.texts(path):
            yield f"{path} writes values to the audit log in clear text. Remove it."


def _gaps(audit: Resource) -> Findings:
    """Yield a finding for each option that may keep requests out of the log."""
    kind = audit["type"]
    reviewed = OPTIONS.get(kind)
    if reviewed is None:
        yield f"Devices may have the types {', '.join(OPTIONS)} only. Set one of them."
        return
    options = audit.fields("options")
    for name in options:
        pattern = reviewed.get(name)
        if pattern is None:
            yield f"The option {name} is not among those that were reviewed, and it may hide requests. Remove it."
        elif not pattern.fullmatch(options.text(name) or ""):
            yield f"The option {name} has a value with which the log is dropped or unprotected. Correct it."
    if kind in REQUIRED and REQUIRED[kind] not in options:
        yield f"The option {REQUIRED[kind]} is not set. Set it to stdout or to a file on a disk."
