"""Resource types that a program may use: they have rules or were reviewed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints

from policy_packs import security
from policy_packs.kernel.context import Context, Setting, additional_entries
from policy_packs.kernel.data import Data, Text, read
from policy_packs.kernel.kubernetes_lists import is_list
from policy_packs.kernel.registry import ANY_TYPE, Findings, ResourceRule, Severity, discover, rule
from policy_packs.kernel.resource import Resource

FILE = Path(__file__).with_name("reviewed_types.yaml")
PROVIDERS = "pulumi:providers:"
PARTIAL_RULES = frozenset(
    {
        "vault-audit-must-hash-every-value",
        "vault-auth-methods-must-not-skip-checks",
        "vault-mounts-must-bound-leases",
        "vault-mounts-must-have-clear-paths",
        "vault-roles-must-bound-ttl",
        "vault-secret-ids-must-expire",
        "vault-tokens-must-not-be-periodic",
    }
)
"""Rules on lifetimes, paths and single switches.

They do not judge what a credential allows or who gets it, so they do not make a type reviewed.
"""
TYPE = r"^[^:*\s]+:[^:*\s]+:[^:*\s]+$"
"""Pattern of a type token. Wildcards are not allowed, because they would include types that nobody reviewed."""
REVIEWED_TYPES: Mapping[str, Setting] = {
    "reviewedTypes": additional_entries("Further types that were reviewed and need no rule, each with the reason", TYPE)
}


class ReviewedTypes(Data):
    """Content of reviewed_types.yaml: a mapping of types to reasons."""

    types: Mapping[Annotated[str, StringConstraints(pattern=TYPE)], Text]


def _read(file: Path) -> tuple[Mapping[str, str], tuple[str, ...]]:
    content, mistakes = read(file, ReviewedTypes)
    return content.types if content else {}, mistakes


REASONS, MISTAKES = _read(FILE)
"""Reason why each reviewed type needs no rule, and the mistakes in the file.

The kernel refuses to judge while there are mistakes.
"""


@cache
def types_with_rules() -> frozenset[str]:
    """Return the types that the rules of the security pack name.

    Rules that judge only a lifetime, a path or a switch do not count.
    """
    rules = (policy for policy in discover(security) if isinstance(policy, ResourceRule))
    return frozenset(each for policy in rules if policy.name not in PARTIAL_RULES for each in policy.on) - {ANY_TYPE}


@rule("resource-types-must-be-reviewed", on=ANY_TYPE, severity=Severity.CRITICAL, settings=REVIEWED_TYPES)
def reviewed(resource: Resource, context: Context) -> Findings:
    """A resource whose type has no rules can be public, unencrypted or all-powerful without a finding.

    Components and the stack have no provider, because they create nothing themselves. Their children are judged.
    """
    if resource.provider is None or resource.type.startswith(PROVIDERS):
        return
    if is_list(resource):
        # The kernel judges the items. It adds the list itself if an item can't be read.
        for item in resource.each("items"):
            item.text("kind")
            item.text("apiVersion")
    known = resource.type in types_with_rules() or resource.type in REASONS
    if not known and resource.type not in context.settings["reviewedTypes"]:
        yield (
            f"No security rule has been written for type {resource.type}. Write rules for it, or, if a review shows "
            "that it needs none, add it with the reason to policy_packs/security/reviewed_types.yaml. A "
            "policy configuration may add it to the setting `reviewedTypes` of this rule in dev and staging only."
        )
