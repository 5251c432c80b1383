"""IAM permission policies: conditions on tags that their holder can set."""

from collections.abc import Iterator

from policy_packs.kernel.registry import Findings, Severity, rule
from policy_packs.kernel.resource import Fields, Resource
from policy_packs.kernel.verdict import shorten
from policy_packs.security.iam_actions import TAGGING_ACTIONS
from policy_packs.security.iam_permissions import (
    PERMISSION_POLICIES,
    covers_every_resource,
    granted_actions,
    permission_statements,
)
from policy_packs.security.patterns import matches, overlap, without_variables
from policy_packs.security.statements import MAX_SHOWN, label
from policy_packs.security.tag_conditions import lets_set_tag, required_tags


@rule("iam-must-protect-tags-in-conditions", on=PERMISSION_POLICIES, severity=Severity.HIGH)
def self_granted_tags(resource: Resource) -> Findings:
    """A condition on a tag limits nobody who can also set that tag on any resource."""
    statements = list(permission_statements(resource))
    for limited in statements:
        if not covers_every_resource(limited):
            continue
        for key, values in required_tags(limited).items():
            for tagging in statements:
                actions = [action for action in _tagging_actions(tagging) if _reaches(action, tagging, limited)]
                if actions and lets_set_tag(tagging, key, values):
                    yield (
                        f"{label(limited)} allows actions only on resources with the tag {key}, but {label(tagging)} "
                        f"lets its holder set this tag with {shorten(actions, MAX_SHOWN)}. Allow tagging only for new "
                        "resources (ec2:CreateAction) or for resources that already have the tag (aws:ResourceTag), "
                        "or list the other tag keys (ForAllValues with aws:TagKeys)."
                    )


def _tagging_actions(statement: Fields) -> tuple[str, ...]:
    return granted_actions(statement, TAGGING_ACTIONS)


def _reaches(action: str, tagging: Fields, limited: Fields) -> bool:
    """Return True if a tagging action may change a resource of a statement."""
    service = action.partition(":")[0]
    services = [each.partition(":")[0] for each in limited.texts("Action")]
    if services and not any(matches(each, service) for each in services):
        return False
    return any(overlap(one, other) for one in _resources(tagging) for other in _resources(limited))


def _resources(statement: Fields) -> Iterator[str]:
    if "NotResource" in statement:
        yield "*"
    yield from map(without_variables, statement.texts("Resource"))
