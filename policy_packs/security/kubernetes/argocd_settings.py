"""Settings of Argo CD: no users and no permissions of its own.

Sources: Argo CD documentation, "User management", "RBAC configuration" and "Web-based terminal", and the values of the
chart argo-cd.
"""

from collections.abc import Iterator
from typing import Any

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.security.kubernetes.releases import RELEASE

CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
SECTIONS = {"argocd-cm": "cm", "argocd-rbac-cm": "rbac", "argocd-cmd-params-cm": "params"}
"""Sections of the chart's values under `configs`, by the ConfigMap that the chart creates from them."""
CHART = "argo-cd"
SWITCHES = {
    "users.anonymous.enabled": "lets everyone in without signing in",
    "exec.enabled": "opens shells in pods",
    "server.disable.auth": "turns authentication off",
}
"""Settings that must be off, with their effect."""


@rule("argocd-must-not-have-own-users", on=(CONFIG_MAP, RELEASE), severity=Severity.CRITICAL)
def own_users(resource: Resource) -> Findings:
    """Argo CD acts as administrator of its cluster, so its own users and permissions bypass Kubernetes RBAC.

    People use it with their Kubernetes permissions instead, with `argocd --core`.
    """
    for section, settings in _sections(resource):
        # Without the setting, the administrator is enabled.
        if section == "cm" and settings["admin.enabled"] not in {False, "false"}:
            yield "The administrator of Argo CD can sign in. Set admin.enabled to 'false'."
        for key in settings:
            value = settings[key]
            if key in SWITCHES and not _is_off(value):
                yield f"{key} {SWITCHES[key]}. Remove it."
            elif key.startswith("accounts.") and not _is_off(value):
                yield f"{key} is an account of Argo CD. Remove it, and give the person Kubernetes permissions."
            elif _is_policy(key) and not _is_off(value):
                yield f"{key} grants permissions in Argo CD. Remove it, and grant Kubernetes permissions instead."
            elif key == "application.namespaces" and "*" in str(value):
                yield f"{key} is {value}, so Applications of any namespace are deployed. List the namespaces."


def _sections(resource: Resource) -> Iterator[tuple[str, Fields]]:
    """Yield pairs (section, its settings) of a resource that configures Argo CD."""
    if resource.type == RELEASE:
        if (resource.text("chart") or "").rpartition("/")[2] == CHART:
            for section in SECTIONS.values():
                yield section, resource.fields(f"values.configs.{section}")
        return
    name = resource.text("metadata.name")
    if name in SECTIONS:
        yield SECTIONS[name], resource.fields("data")


def _is_policy(key: str) -> bool:
    return key == "policy.default" or (key.startswith("policy.") and key.endswith("csv"))


def _is_off(value: Any) -> bool:
    """Return True if a setting is absent, empty or off.

    A chart's value may be true or false, and a ConfigMap has texts.
    """
    return value is None or value is False or (isinstance(value, str) and value.strip() in {"", "false"})
