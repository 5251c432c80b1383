"""Generator of `program_actions.json`: the actions that the program needs.

The actions come from three sources:

1. Rehearsals record the calls of the emulated providers in call logs (`aws-calls.jsonl`).
2. The official AWS provider makes more calls. CloudFormation publishes the permissions that its handlers need for the
   same resource types; cfn-lint contains them.
3. AWS's Service Authorization Reference lists the dependent actions of each action.

`ops generate` writes the file. If the program makes a call that no handler makes, renew the first source: `python -m
operations.bootstrap.program_actions CALL_LOG...`, with call logs of all environments.
"""

import json
import sys
from collections.abc import Collection, Iterable
from importlib.metadata import version
from pathlib import Path

from operations.bootstrap.boundary import ENDPOINT_ZONES, disabling_and_sharing_actions
from operations.bootstrap.dependent_actions import with_dependent_actions
from operations.bootstrap.handler_permissions import exceptions, handler_permissions
from operations.bootstrap.service_authorization import load
from operations.iam.requests import read_calls
from operations.iam.wildcards import shorten
from policy_packs.security.iam_actions import CREDENTIAL_ACTIONS
from policy_packs.security.iam_data_actions import DATA_ACTIONS

RECORDED_ACTIONS = Path(__file__).with_name("recorded_actions.json")
"""Actions that rehearsals call and no handler lists."""
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


def document(schemas: Path | None = None) -> str:
    """Return the text of the data file.

    Args:
        schemas: directory of resource schemas; by default that of the installed cfn-lint.
    """
    reference, denied = load(), set(disabling_and_sharing_actions())
    actions = {each for each in needed_actions(schemas) - denied if each in reference.actions}
    reads, writes = actions & reference.reads, actions & reference.writes
    private = reference.reads.intersection((*DATA_ACTIONS, *CREDENTIAL_ACTIONS))
    source = f"rehearsals; cfn-lint {version('cfn-lint')}, from AWS's resource type schemas; {reference.source}"
    found = {
        "source": source,
        "actions": sorted(actions),
        "write_patterns": shorten(writes, reference.actions - writes),
        "read_patterns": shorten(reads, reference.writes | (private - reads)),
        "denied_patterns": shorten(
            denied, {each for each in reference.actions - denied if not _may_deny(each, actions)}
        ),
    }
    return json.dumps(found, indent=1) + "\n"


def needed_actions(schemas: Path | None = None) -> frozenset[str]:
    """Return the actions that the program needs, without the reviewed exceptions."""
    reference, reviewed = load(), exceptions()
    spelling = {each.lower(): each for each in reference.actions}
    listed = {*recorded_actions(), *(each.action for each in handler_permissions(schemas)), *WITHOUT_HANDLERS}
    needed = {spelling.get(each.lower(), each) for each in listed}
    return with_dependent_actions(
        needed, lambda action: not any(each.covers(action) for each in reviewed), reference.dependent
    )


def recorded_actions() -> tuple[str, ...]:
    """Return the recorded actions that no handler lists."""
    return tuple(json.loads(RECORDED_ACTIONS.read_text(encoding="utf-8"))["actions"])


def recorded_document(logs: Iterable[Path]) -> str:
    """Return the text of `recorded_actions.json` with the calls of these logs added."""
    listed = {each.lower() for each in (*WITHOUT_HANDLERS, *(each.action for each in handler_permissions()))}
    known = {*recorded_actions(), *(call.action for log in logs for call in read_calls(log))}
    known -= set(disabling_and_sharing_actions())
    reviewed = exceptions()
    actions = sorted(
        each
        for each in known & load().actions
        if each.lower() not in listed and not any(exception.covers(each) for exception in reviewed)
    )
    return json.dumps({"source": "call logs of rehearsals", "actions": actions}, indent=1) + "\n"


def _may_deny(action: str, needed: Collection[str]) -> bool:
    """Return True if a deny pattern may also match this action.

    This is harmless for an action that belongs to an audit service and that the program does not need, because
    workloads do not use audit services.
    """
    return action.partition(":")[0] in AUDIT_SERVICES and action not in needed


if __name__ == "__main__":
    RECORDED_ACTIONS.write_text(recorded_document(map(Path, sys.argv[1:])), encoding="utf-8")
