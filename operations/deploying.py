"""Previews and updates, and the check that the policy packs judged each of them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from operations.errors import OperationsError
from operations.policies import event_log, guards, receipts
from operations.recording import PROJECT
from policy_packs import catalogue

PACKS = catalogue.DIRECTORY


class DeploymentError(OperationsError):
    """Pulumi ended with an error."""


def deploy(stack: str, options: Sequence[str], *, execute: bool, pulumi: str = "pulumi") -> list[receipts.Receipt]:
    """Run `pulumi preview`, or `pulumi up` with its preview, and return the receipts.

    Raises:
        UnprovenRunError: an option would weaken the packs, or the run was not judged by exactly these packs.
        DeploymentError: Pulumi is missing or failed; its own output precedes the message.
    """
    guards.refuse(options, os.environ, PACKS)
    executable = shutil.which(pulumi)
    if executable is None:
        raise DeploymentError(f"{pulumi} is not on PATH; install the Pulumi CLI. Nothing was changed.")
    verb = ("up", "--yes") if execute else ("preview",)
    phases = receipts.WITH_UPDATE if execute else receipts.PREVIEW_ONLY
    with tempfile.TemporaryDirectory(prefix="ops-deploy-") as directory:
        events = Path(directory, "events.jsonl")
        proof = Path(directory, "receipts")
        command = [executable, *verb, "--stack", stack, "--event-log", str(events), *options]
        added = packs_variables(receipts.begin(proof, receipts.project_name(PROJECT), stack, phases))
        code = subprocess.run(command, cwd=PROJECT, env={**os.environ, **added}, check=False).returncode
        if code:
            raise DeploymentError(f"pulumi {verb[0]} of {stack} ended with exit code {code}; see its output above.")
        return receipts.verify(proof, event_log.read_events(events))


def packs_variables(receipt_variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that a run with the packs needs.

    They select the packs, configure the receipts and enable the option `--event-log`.
    """
    return {guards.PACKS: str(PACKS), "PULUMI_DEBUG_COMMANDS": "true", **receipt_variables}
